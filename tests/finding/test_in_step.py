"""What a case is found by follows every write in the same transaction, and is the same when it is made anew."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text, update

from app.cases import service as cases
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.finding import engines, rebuild, service
from app.finding.models import CaseFound, FoundMark
from app.problem import StaleCase
from app.properties.models import Unit
from app.sharing import service as sharing
from tests.conftest import Instance

from .test_search import found, look


def texts() -> list[tuple[str, str, str]]:
    return sorted(
        tuple(row) for row in db.session.execute(select(CaseFound.case_id, CaseFound.words, CaseFound.sounds))
    )


def test_every_writer_is_followed_and_made_anew_it_is_the_same(either: Instance, officer: FlaskClient) -> None:
    case_id, record_id = either.decided("h2")
    with either.app.app_context():
        user = either.user("housing_officer")
        sharing.share(user, record_id, None, "Hester Quill", "Health visitor", "h@nhs.example", "She visits.")
        cases.change(
            user, case_id, either.version(case_id), {"council_number": "HSG/2026/99", "lead_name": "Rosa Lind"}
        )
        cases.save_service(
            user,
            case_id,
            either.version(case_id),
            None,
            {"kind": "gp", "name": "Quokka Surgery", "postcode": "B12 9AB"},
        )
    for words in ("hester quill", "hsg202699", "rosa lind", "rose linde", "quokka", "b12 9", "9ab"):
        assert len(found(officer, words)) == 1, words
    assert "Professional: Hester Quill, Health visitor" in look(officer, "quill")
    with either.app.app_context():
        before = texts()
        assert rebuild.rebuild().changed == 0
        assert texts() == before
        with writing() as session:
            unit = session.scalars(select(Unit)).first()
            assert unit is not None
            unit.address = "5 Wombat Crescent"
        assert "wombat" in texts()[0][1]


def rolled_back(case_id: str) -> None:
    with writing() as session:
        cases.lock_case(session, case_id, None).lead_name = "Ottoline Never"
        session.flush()
        raise RuntimeError


def test_what_was_refused_or_rolled_back_is_not_found(either: Instance, officer: FlaskClient) -> None:
    case_id, _ = either.import_case("h2", "BACK-1")
    with either.app.app_context():
        user = either.user("housing_officer")
        with pytest.raises(RuntimeError):
            rolled_back(case_id)
        with pytest.raises(StaleCase):
            cases.change(user, case_id, 1_000, {"lead_name": "Ottoline Never"})
    assert found(officer, "ottoline") == []


def test_made_anew_where_rows_are_gone_or_wrong_and_said_until_then(either: Instance, officer: FlaskClient) -> None:
    for number in range(3):
        either.import_case("h2", f"OLD-{number}")
    with either.app.app_context():
        good = texts()
        with writing() as session:
            ids = session.scalars(select(CaseFound.case_id).order_by(CaseFound.id)).all()
            session.execute(delete(CaseFound).where(CaseFound.case_id == ids[0]))
            session.execute(
                update(CaseFound)
                .where(CaseFound.case_id == ids[1])
                .values(words=" rubbish ", sounds="", entries=[["reference", "rubbish", ""]])
            )
            session.execute(delete(FoundMark))
    assert "may not find every case yet" in look(officer, "wojcik")
    assert found(officer, "rubbish") == ["OLD-1"]
    told = either.app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert told.exit_code == 0, told.output
    assert "3 cases are in the search; 2 of them were written down anew." in told.output
    assert "may not find every case yet" not in look(officer, "wojcik")
    assert found(officer, "rubbish") == []
    with either.app.app_context():
        assert texts() == good
        assert service.is_whole(db.session)
        if either.engine == "sqlite":
            db.session.execute(
                text("INSERT INTO case_found_words (case_found_words, rank) VALUES ('integrity-check', 1)")
            )
            db.session.rollback()


def test_without_the_trigram_index_it_finds_the_same_and_the_health_page_says_so(
    either: Instance, officer: FlaskClient
) -> None:
    if either.engine == "sqlite":
        assert officer.get("/readyz").json["warnings"] == []
        return
    either.import_case("h2", "SLOW-1")
    with either.app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP EXTENSION pg_trgm CASCADE"))
    assert found(officer, "wojcik") == ["SLOW-1"]
    assert engines.SLOW in officer.get("/readyz").json["warnings"]
    told = either.app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert told.exit_code == 0, told.output
    assert engines.SLOW not in officer.get("/readyz").json["warnings"]


def test_of_two_names_the_one_that_was_replaced_is_a_former_name_and_never_changed(either: Instance) -> None:
    case_id, _ = either.import_case("h2", "NAME-1")
    with either.app.app_context():
        case = db.session.get_one(Case, case_id)
        member = case.members[0]
        user, name = either.user("housing_officer"), member.name
        cases.save_member(user, case_id, either.version(case_id), member.id, {"name": name.upper()})
        assert db.session.scalar(text("SELECT count(*) FROM former_name")) == 0, "another spelling is no other name"
        cases.save_member(user, case_id, either.version(case_id), member.id, {"name": "Zed Other", "born": today()})
        assert db.session.scalars(text("SELECT name FROM former_name")).all() == [name.upper()]
        db.session.rollback()
        for statement in ("UPDATE former_name SET name = 'x'", "DELETE FROM former_name"):
            with pytest.raises(Exception, match=r"never changed|append-only|added to"), writing() as session:
                session.execute(text(statement))
