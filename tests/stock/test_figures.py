"""Each figure, counted by its own function: what is in which cell, what is not known, and that a list asks the same question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.policy import may
from app.cases.models import Case
from app.clocks import today
from app.clocks.days import months_after
from app.deadlines import found as dates
from app.deadlines import keeping
from app.deadlines.place import IN_NONE_NOW, NOT_KNOWN_IN_LAW
from app.extensions import db
from app.stock import asked, decided, families, lives
from app.stock.decided import month_of, since
from app.stock.figure import Counted, Figure, quarters
from app.stock.figures import FIGURES
from app.suitability.casefile.codes import Grade
from tests.conftest import Instance

from . import many

LIMIT = 42


def cells(
    instance: Instance, rows: Callable[..., Any], fill: Callable[[many.Loader], object]
) -> Counter[tuple[str, str]]:
    """What a function counts of what was filled in, by group and cell."""
    with instance.app.app_context():
        load = many.loader()
        fill(load)
        load.store()
        return Counter((row.group, row.cell) for row in set(rows(today(), None)))


def of_all(**numbers: int) -> dict[tuple[str, str], int]:
    return {("all", cell.strip("_")): number for cell, number in numbers.items()}


@pytest.mark.parametrize(
    ("used", "about", "cell"),
    [(1, "", "0"), (14, "", "0"), (15, "", "1"), (28, "", "1"), (29, "", "2"), (42, "", "2"), (43, "", "over"), (90, "", "over"),
     (43, NOT_KNOWN_IN_LAW, "doubt"), (3, NOT_KNOWN_IN_LAW, "doubt"), (42, IN_NONE_NOW, None)],
)  # fmt: skip
def test_nights_are_those_of_the_dates_of_the_case(either: Instance, used: int, about: str, cell: str | None) -> None:
    def fill(load: many.Loader) -> None:
        case_id = load.case()
        load.looked_at(case_id)
        due = load.on + timedelta(days=LIMIT - used)
        load.clock(case_id, "bed_and_breakfast", due=due, about=about, state="lapsed" if used > LIMIT else "running")

    assert cells(either, families.nights, fill) == (of_all(**{f"_{cell}": 1}) if cell else {})


def test_a_family_whose_dates_nobody_looked_at_yet_is_in_a_row_of_its_own(either: Instance) -> None:
    assert cells(either, families.nights, lambda load: load.case()) == of_all(unlooked=1)


def test_a_family_in_bed_and_breakfast_is_counted_as_its_dates_say(instance: Instance) -> None:
    """Not of rows that a test made: the job of the dates looks at a worked example, and the figure reads what it left."""
    made = [instance.import_case(name)[0] for name in ("h1", "h2", "h3", "h5")]
    with instance.app.app_context():
        keeping.often()
        counted = {row.case_id: row.cell for row in families.nights(today())}
        for case_id in made:
            holds = dates.read(db.session.get_one(Case, case_id), today())
            told = [f for f in dates.of_case(holds) if f.kind == "bed_and_breakfast"]
            there = [f for f in told if f.about != IN_NONE_NOW]
            assert (case_id in counted) == bool(there), (case_id, told)
            if there:
                assert (counted[case_id] == "doubt") == (there[0].about == NOT_KNOWN_IN_LAW)


def test_where_a_family_is_is_where_its_dates_say(instance: Instance) -> None:
    on = today()
    with instance.app.app_context():
        load = many.loader()
        made = [load.case() for _ in range(9)]
        for case_id in made:
            load.child(case_id, date(2020, 1, 1))
        load.place(made[0], on - timedelta(days=3))
        load.place(made[1], on)  # proposed for tonight: nobody knows that they go
        load.place(made[2], on, state="withdrawn")
        load.place(made[3], on + timedelta(days=1))
        load.place(made[4], on - timedelta(days=9))
        load.place(made[4], on - timedelta(days=2))
        load.decision(made[5], on, starts=on)
        load.place(made[6])
        load.place(made[7], on - timedelta(days=9))
        load.place(made[7], on)  # begun tonight beside the one before: they are not known to be in either
        load.store()
        found = lives.of_all(on, None)
        for case_id in made:
            holds = dates.read(db.session.get_one(Case, case_id), on)
            place = dates.lives_in(holds)
            given = place is not None and (place.id in holds.decided or bool(place.starts and place.starts < on))
            assert (found[case_id].unit.id if case_id in found else None) == (
                place.unit_id if place and given else None
            )
        assert sorted(found) == sorted([made[0], made[4], made[5]])


@pytest.mark.parametrize(
    ("born", "unit", "about", "cell"),
    [
        (0, {"shares": ["cooking"]}, None, "shared"), (0, {"shares": []}, None, "own"), (0, {"shares": None}, None, "unknown"),
        (0, None, None, "nowhere"), (0, {"shares": ["toilet"]}, "", "hotel"), (0, {"shares": []}, NOT_KNOWN_IN_LAW, "doubt"),
        (None, {"shares": []}, None, "age"), (1, {"shares": []}, None, "own"), (-1, {"shares": []}, None, None),
    ],
)  # fmt: skip
def test_under_ones_by_the_place_they_are_in(
    either: Instance, born: int | None, unit: Any, about: str | None, cell: str | None
) -> None:
    """``born``: so many days after the day on which somebody who turns one today was born; 0 is a child of two months."""

    def fill(load: many.Loader) -> None:
        case_id = load.case()
        day = (
            None
            if born is None
            else load.on - timedelta(days=60)
            if born == 0
            else months_after(load.on, -12) + timedelta(days=born)
        )
        load.child(case_id, day)
        load.child(case_id, date(2016, 5, 5), "C2")
        if unit is not None:
            load.place(case_id, load.on - timedelta(days=2), unit=unit)
        if about is not None:
            load.clock(case_id, "bed_and_breakfast", due=load.on, about=about)

    assert cells(either, families.under_ones, fill) == (of_all(**{cell: 1}) if cell else {})


def test_who_turns_one_today_is_not_under_one(instance: Instance) -> None:
    def fill(load: many.Loader) -> None:
        load.child(load.case(), months_after(load.on, -12))

    assert cells(instance, families.under_ones, fill) == {}


def test_districts_as_confirmed_or_by_the_postcode(either: Instance) -> None:
    council = either.settings.council_authority

    def fill(load: many.Loader) -> None:
        day = load.on - timedelta(days=2)
        for authority, postcode in ((council, ""), ("E08000028", ""), (None, ""), (None, "ZZ1 1ZZ")):
            load.place(load.case(), day, authority=authority, unit={"postcode": postcode})
        load.place(load.case())  # in no place yet: in no row

    assert cells(either, families.district, fill) == of_all(inside=1, outside=1, unknown=2)


def test_moves_are_one_less_than_the_addresses_of_the_months_that_count(either: Instance) -> None:
    def fill(load: many.Loader) -> None:
        first = months_after(load.on, -12)
        for left in (
            [],
            [None],
            [None, first],
            [None, first - timedelta(days=1)],
            [None, load.on, load.on],
            [None] * 6,
        ):
            case_id = load.case()
            for at, day in enumerate(left):
                load.add(many.CaseAddress, case_id=case_id, kind="former", address=f"{at} High Street", moved_out=day)

    assert cells(either, families.moves, fill) == of_all(unwritten=1, _0=2, _1=1, _2=1, _3=1)


@pytest.mark.parametrize(
    ("said", "cell"),
    [
        ([], "unknown"), ([("ready", Grade.E2)], "ready"), ([("ready", Grade.E1)], "said"), ([("promised", Grade.E1)], "promised"),
        ([("none", Grade.E1), ("ready", Grade.E2)], "none"),  # another source’s word takes nothing away by itself
        ([("none", Grade.E1), ("ready", Grade.E2, 0)], "ready"),  # it was named, and answered
        ([(["unknown"], Grade.E0)], "unknown"),
    ],
)  # fmt: skip
def test_cots_by_what_was_answered(either: Instance, said: list[Any], cell: str) -> None:
    def fill(load: many.Loader) -> None:
        case_id = load.case()
        load.child(case_id, load.on - timedelta(days=100))
        _, unit_id = load.place(case_id, load.on - timedelta(days=2))
        made: list[str] = []
        for at, (value, grade, *named) in enumerate(said):
            made.append(
                load.cot(
                    case_id, unit_id, value, grade, source_name=f"Source {at}", supersedes=[made[n] for n in named]
                )
            )
        _, other = load.place(case_id)
        load.cot(case_id, other, "none")  # of another place

    assert cells(either, families.cots, fill) == of_all(**{cell: 1})


def test_a_cot_is_asked_about_under_two_and_the_worst_of_a_family_counts(instance: Instance) -> None:
    def fill(load: many.Loader) -> None:
        case_id = load.case()
        load.child(case_id, load.on - timedelta(days=100))
        load.child(case_id, load.on - timedelta(days=100), "C2")
        _, unit_id = load.place(case_id, load.on - timedelta(days=2))
        load.cot(case_id, unit_id, "ready")
        load.cot(case_id, unit_id, "promised", subject="C2")
        older = load.case()
        load.child(older, months_after(load.on, -24))
        load.place(older, load.on - timedelta(days=2))

    assert cells(instance, families.cots, fill) == of_all(promised=1)


def test_stops_and_holds_are_those_of_the_records_of_a_year(either: Instance) -> None:
    def fill(load: many.Loader) -> None:
        found = [
            ("CS01", "stop_until"),
            ("CS10", "stop"),
            ("CS10", "stop"),
            ("CS19", "hold"),
            ("CS27", "high"),
            ("CS05", "chase"),
            ("P09", "stop_until"),
            ("P12", "none"),
        ]
        load.decision(load.case(), since(load.on), found=found)
        load.decision(load.case(), since(load.on) - timedelta(days=1), found=found)

    assert cells(either, decided.kinds, fill) == {
        ("stops", "CS01"): 1, ("stops", "CS10"): 1, ("stops", "P09"): 1, ("holds", "CS19"): 1,
    }  # fmt: skip


def test_a_real_record_is_read(instance: Instance) -> None:
    case_id, _ = instance.decided("h2")
    with instance.app.app_context():
        assert list(decided.kinds(today())) == []  # it was found suitable with conditions
        assert [row.case_id for row in decided.days_to_decide(today())] == [case_id]
        assert {row.case_id for row in decided.conditions(today())} <= {case_id}


def test_buildings_have_ten_or_are_among_the_others_and_a_refuge_always_is(either: Instance) -> None:
    with either.app.app_context():
        load = many.loader()
        for number, address, kind in (
            (10, "Flat {}, 9 Mill Road", "nightly_paid"),
            (9, "{} Row", "hotel"),
            (12, "Room {}, Safe House", "refuge"),
        ):
            for at in range(number):
                unit = {"address": address.format(at), "kind": kind}
                load.decision(load.case(), load.on, outcome="not_suitable", unit=unit)
        load.decision(load.case(), load.on, outcome="suitable")
        load.store()
        stops, holds = FIGURES["buildings"].groups(today(), list(decided.buildings(today())))
    assert [(cell.words, cell.number) for cell in stops.cells] == [
        ("9 Mill Road", 10),
        ("All other buildings together", 21),
    ]
    assert "Mill" not in stops.cells[0].key
    assert [cell.number for cell in holds.cells] == [0]


def test_days_are_from_handing_in_to_the_decision_by_month(either: Instance) -> None:
    with either.app.app_context():
        load = many.loader()
        for took in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 30):
            load.decision(load.case(), load.on, took)
        load.decision(load.case(), load.on, None)
        load.decision(load.case(), since(load.on) - timedelta(days=1))
        load.store()
        (group,) = FIGURES["days"].groups(today(), list(decided.days_to_decide(today())))
    found = {cell.key: cell for cell in group.cells}
    assert found[month_of(today())].number == 11
    assert found[month_of(today())].quarters == (2.5, 5.0, 7.5)
    assert found["unknown"].number == 1
    assert sum(cell.number for cell in group.cells) == 12


def test_quarters_of_fewer_than_ten_are_not_told() -> None:
    assert quarters([3] * 9 + [None] * 20) is None
    assert quarters([3] * 10) == (3, 3, 3)


def test_emergencies_by_month_and_by_what_a_lead_said(either: Instance) -> None:
    def fill(load: many.Loader) -> None:
        for verdict in ("ratified", "escalated", None, None):
            load.emergency(load.case(), load.on, verdict)
        load.emergency(load.case(), since(load.on) - timedelta(days=1), None)

    month = month_of(today())
    assert cells(either, decided.emergencies, fill) == {
        ("month", month): 4, ("verdict", "ratified"): 1, ("verdict", "escalated"): 1, ("verdict", "waits"): 2,
    }  # fmt: skip


def test_a_condition_whose_day_went_by_has_lapsed_though_the_job_has_not_looked(either: Instance) -> None:
    def fill(load: many.Loader) -> None:
        on = load.on
        for at, (state, due) in enumerate(
            (
                ("met", on - timedelta(days=9)),
                ("running", on),
                ("running", on - timedelta(days=1)),
                ("lapsed", on),
                ("running", None),
                ("ended", on),
            )
        ):
            load.clock(load.case(), "condition", f"s{at}", state=state, due=due, began=since(on))
        load.clock(load.case(), "condition", "old", state="lapsed", due=on, began=since(on) - timedelta(days=1))

    assert cells(either, decided.conditions, fill) == of_all(met=1, running=1, lapsed=2, no_day=1)


def test_silence_is_silence_and_takes_no_days(either: Instance) -> None:
    with either.app.app_context():
        load = many.loader()
        case_id = load.case()
        load.asked(case_id, "police", "answered", 20, days=4)
        load.asked(case_id, "police", "answered", 20, days=None)  # nobody wrote down when
        load.asked(case_id, "police", "partly", 20, days=6)
        load.asked(case_id, "police", "refused", 20, days=1)
        load.asked(case_id, "police", "asked", 20, due=3)
        load.asked(case_id, "police", "asked", 3, due=3)  # wanted today
        load.asked(case_id, "police", "silent", 3, due=30)
        load.asked(case_id, "police", "asked", 700)
        load.asked(case_id, "gp", "asked", 1, due=9)
        load.store()
        rows = list(asked.answers(today()))
    assert Counter((row.group, row.cell, row.days) for row in rows) == {
        ("police", "answered", 4): 1, ("police", "answered", None): 1, ("police", "partly", 6): 1, ("police", "refused", None): 1,
        ("police", "silent", None): 2, ("police", "waits", None): 1, ("gp", "waits", None): 1,
    }  # fmt: skip


def test_a_place_is_seen_when_an_officer_wrote_down_what_they_saw_there(either: Instance) -> None:
    def fill(load: many.Loader) -> None:
        case_id = load.case()
        _, unit_id = load.place(case_id)
        load.saw(case_id, unit_id)
        load.place(case_id)  # seen at another place: that is not this one
        load.place(case_id, state="withdrawn")

    assert cells(either, asked.seen, fill) == of_all(seen=1, never=1)


@pytest.mark.parametrize("figure", [f for f in FIGURES.values() if f.rows is not None], ids=lambda f: f.key)
def test_a_list_asks_the_same_question_of_some_cases_alone(instance: Instance, figure: Figure) -> None:
    with instance.app.app_context():
        many.load()
        half = sorted(db.session.scalars(select(Case.id)))[::2]
        assert figure.rows is not None
        everything: set[Counted] = set(figure.rows(today(), None))
        assert everything
        of_half = set(figure.rows(today(), select(Case.id).where(Case.id.in_(half))))
        assert of_half == {row for row in everything if row.case_id in set(half)}
        groups = figure.groups(today(), list(everything))
        assert groups
        for group in groups:
            assert all(cell.number >= 0 for cell in group.cells)
            if group.summed:
                # Each thing is in one cell: that is what the hiding of numbers rests on.
                assert sum(cell.number for cell in group.cells) == len(
                    {r.thing for r in everything if r.group == group.key}
                )


def test_officers_do_not_have_the_permission() -> None:
    assert [role for role in ("housing_officer", "administrator", "senior_officer", "safeguarding_lead", "auditor") if may(role, "stock.view")] == [
        "senior_officer", "safeguarding_lead", "auditor",
    ]  # fmt: skip
