"""Which backups stay, when one is due, and when somebody is warned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from app import clocks
from app.backups import keeping, making
from app.backups.database import BackupProblem
from app.extensions import db
from app.jobs.models import Job
from app.settings import Settings
from app.typed import schedule_of
from tests.conftest import Instance

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def _names(*hours: int) -> list[str]:
    return [keeping.name_of(NOW - timedelta(hours=h), False) for h in hours]


def test_the_newest_of_each_hour_day_week_and_month_stays() -> None:
    names = _names(*range(24 * 100))
    staying = keeping.kept(names, {"hourly": 3, "daily": 4, "weekly": 2, "monthly": 3})
    ages = sorted(round((NOW - (keeping.moment_of(n) or NOW)).total_seconds() / 3600) for n in staying)
    # Monday 1 March, noon: hours 0 to 2; the last of each day before it; of the week that ended on Sunday; of February and January.
    assert ages == [0, 1, 2, 13, 37, 61, 13 + 24 * 28]


def test_the_newest_and_what_was_tried_out_always_stay() -> None:
    names = _names(1, 2, 9000)
    assert keeping.kept(names, {"daily": 0}) == {names[0]}
    assert keeping.kept(names, {"daily": 0}, [names[2]]) == {names[0], names[2]}
    assert keeping.kept([*names, "notes.txt"], {"daily": 9}) >= {names[0], names[2]}
    assert "notes.txt" not in keeping.kept([*names, "notes.txt"], {"daily": 9})
    assert keeping.kept([], {"daily": 9}) == set()


@pytest.mark.parametrize("said", ["", "many", "3 yearly", "0 daily", "-1 daily", "2 daily, 3 daily", "² daily"])
def test_a_schedule_that_says_nothing_is_refused(said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        schedule_of(said)
    with pytest.raises(ValueError):
        Settings(data=tmp_path, backups_kept=said)


def test_nothing_is_deleted_by_a_backup_that_failed(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [tmp_path / name for name in _names(1, 2, 3, 50_000)]
    for each in old:
        each.touch()
    with instance.app.app_context():
        with monkeypatch.context() as patched:
            patched.setattr(making, "hash_of", lambda path: "another")
            with pytest.raises(BackupProblem, match="does not read back"):
                making.make(tmp_path)
        assert sorted(tmp_path.glob("case-by-case-*")) == sorted(old)
        assert not list(tmp_path.glob(".*"))
        assert keeping.noted(instance.settings) == keeping.Noted()
        instance.app.config["SETTINGS"] = instance.settings.model_copy(update={"backups_kept": "1 daily"})
        made = making.make(tmp_path)
        assert set(made.gone) == {each.name for each in old[1:]}, (
            "the newest by its name stays, whatever its clock said"
        )
        assert made.file.exists()


def test_it_is_asked_for_once_an_hour_by_the_schedule(either: Instance, tmp_path: Path) -> None:
    def asked() -> list[str]:
        db.session.rollback()
        return list(db.session.scalars(select(Job.subject).where(Job.name == keeping.JOB).order_by(Job.subject)))

    with either.app.app_context(), time_machine.travel(NOW, tick=False) as clock:
        keeping.once_due()
        assert asked() == [], "no folder is set"
        either.app.config["SETTINGS"] = either.settings.model_copy(update={"backups": tmp_path / "backups"})
        for _ in range(2):
            keeping.once_due()
        assert asked() == ["20270301T12"]
        keeping.note(either.settings, keeping.Noted(at=NOW, file="x"))
        clock.shift(timedelta(minutes=45))
        keeping.once_due()
        assert asked() == ["20270301T12"]
        clock.shift(timedelta(minutes=15))
        keeping.once_due()
        assert asked() == ["20270301T12", "20270301T13"]


def test_administrators_and_the_health_page_hear_of_an_old_backup_and_nobody_else_does(
    instance: Instance, tmp_path: Path
) -> None:
    none, old = "No good backup was ever made", "The last good backup was made"
    assert none not in instance.client("administrator").get("/").text, "an installation of today is not warned of"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        for role in ("administrator", "safeguarding_lead", "housing_officer", "auditor"):
            said = instance.client(role).get("/", follow_redirects=True).text
            assert (none in said) == (role == "administrator"), role
        assert any(none in each for each in instance.client().get("/readyz").json["warnings"])
        with instance.app.app_context():
            making.make(tmp_path / "backups")
        assert none not in instance.client("administrator").get("/").text
    with time_machine.travel(datetime.now(UTC) + timedelta(days=4)):
        assert old in instance.client("administrator").get("/").text
        assert any(old in each for each in instance.client().get("/readyz").json["warnings"])
        instance.app.config["SETTINGS"] = instance.settings.model_copy(update={"backups_old_hours": 0})
        assert old not in instance.client("administrator").get("/").text


def test_the_day_on_which_a_restore_was_last_proven_is_shown_and_is_amber_at_thirty_five_days(
    instance: Instance, tmp_path: Path
) -> None:
    never, proven, amber = "was ever tried out", "A restore was last proven", "Too long ago"
    administrator = instance.client("administrator")
    page = administrator.get("/").text
    assert proven in page, "it is shown, that it never was too"
    assert never not in page
    with instance.app.app_context():
        made = making.make(tmp_path / "backups")
        tried = datetime.now(UTC)
        keeping.note(
            instance.settings, keeping.Noted(at=tried, file=made.file.name, tried=made.file.name, tried_at=tried)
        )
    for days, is_late in ((34, False), (36, True)):
        with time_machine.travel(tried + timedelta(days=days)):
            with instance.app.app_context():  # one was made every day: only the trying out is late
                keeping.note(instance.settings, keeping.noted(instance.settings)._replace(at=datetime.now(UTC)))
            for path in ("/", "/jobs"):
                page = instance.client("administrator").get(path).text
                assert (page.count(amber) == 1) == is_late, (days, path)
                assert clocks.moment_in_words(tried) in page
            said = instance.client("administrator").get("/").text
            assert ("Have a backup tried out" in said) == is_late
            assert any(proven in each for each in instance.client().get("/readyz").json["warnings"]) == is_late
            for role in ("housing_officer", "safeguarding_lead"):
                assert "Have a backup tried out" not in instance.client(role).get("/").text
    instance.app.config["SETTINGS"] = instance.settings.model_copy(update={"backups_tried_days": 0})
    with time_machine.travel(tried + timedelta(days=400)):
        assert "Have a backup tried out" not in instance.client("administrator").get("/").text
