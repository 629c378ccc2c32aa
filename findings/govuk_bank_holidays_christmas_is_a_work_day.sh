#!/bin/sh
# Offline, Christmas Day of 2029 is a working day.
#
# Expected: `govuk_bank_holidays` with its bundled copy of the published list answers for the years of the list, and for any other raises
# or says that it does not know.
# Seen (govuk-bank-holidays 0.19): the copy has England and Wales from 2 January 2012 to 26 December 2028. Of 25 December 2029,
# `is_holiday` is False, `is_work_day` True, and the next work day after 24 December 2029 is Christmas Day; the same of 25 December 2009.
# Only `get_next_holiday` has None to say. A copy that is not renewed gives a deadline two days too early at Christmas, without a word.
# What to do: hold the last day of the list against the day asked for; or reckon the days by rule (`holidays` does) and use the list as
# witness.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check govuk-bank-holidays==0.19
cat >"$work/christmas.py" <<'PY'
from datetime import date

from govuk_bank_holidays.bank_holidays import BankHolidays

where = {"division": BankHolidays.ENGLAND_AND_WALES}
days = BankHolidays(use_cached_holidays=True)
known = sorted(day["date"] for day in days.get_holidays(**where))
print("the list:", known[0], "to", known[-1])
seen = {}
for year in (2009, 2025, 2029):
    christmas = date(year, 12, 25)
    seen[year] = (days.is_holiday(christmas, **where), days.is_work_day(christmas, **where))
    print(f"{christmas} {christmas:%A}: holiday {seen[year][0]}, work day {seen[year][1]}")
following = days.get_next_work_day(date=date(2029, 12, 24), **where)
print("after 24 December 2029 the next work day is", following)
raise SystemExit(not (
    (known[0], known[-1]) == (date(2012, 1, 2), date(2028, 12, 26)) and following == date(2029, 12, 25)
    and seen == {2009: (False, True), 2025: (True, False), 2029: (False, True)}
))
PY
"$work/venv/bin/python" "$work/christmas.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
