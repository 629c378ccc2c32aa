"""conversations, health contacts, events and nights become tables; every stored answer and question belongs to a conversation"""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.database import Json, UtcDateTime, new_id

revision = "0022"
down_revision = "0021"

_CAME = {"full": "answered", "partly": "partly", "refused": "refused", None: "asked"}
_SOURCE = ("source_name", "source_role", "source_agency", "grade", "said_on")
_TYPED = (
    "This database cannot go back: conversations were written down in it that the earlier version has no place for. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade."
)


def _table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["case_id"], ["housing_case.id"], name=op.f(f"fk_{name}_case_id_housing_case")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(
            [
                sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_conversation_unit_id_unit")),
                sa.ForeignKeyConstraint(
                    ["recorded_by"], ["user_account.id"], name=op.f("fk_conversation_recorded_by_user_account")
                ),
                sa.UniqueConstraint("case_id", "key", name=op.f("uq_conversation_case_id")),
            ]
            if name == "conversation"
            else []
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f(f"ix_{name}_case_id"), name, ["case_id"], unique=False)


def _needed(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.String(), nullable=False)


def _maybe(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.String(), nullable=True)


def upgrade() -> None:
    texts = ("source_name", "source_role", "source_agency", "held_at", "ground", "grade", "question", "due_at", "reply")
    _table(
        "conversation",
        *(_needed(name) for name in ("key", "speaker", *texts)),
        _needed("place", sa.Integer()),
        *(_maybe(name) for name in ("unit_id", "who", "source_code", "how", "came", "recorded_by")),
        *(_maybe(name, sa.Date()) for name in ("held_on", "due", "answered_on")),
        _maybe("alone", sa.Boolean()),
        _needed("recorded_at", UtcDateTime()),
    )
    _table(
        "case_contact",
        _needed("place", sa.Integer()),
        *(_needed(name) for name in ("child", "what", "outcome", "need", "reason", "reason_grade", "cause_grade")),
        _maybe("due_on", sa.Date()),
        _maybe("critical", sa.Boolean()),
        _maybe("cause"),
    )
    _table(
        "case_event",
        _needed("place", sa.Integer()),
        *(_needed(name) for name in ("kind", "what", "grade")),
        _needed("happened_on", sa.Date()),
        _maybe("who"),
        _maybe("nights", sa.Integer()),
    )
    _table(
        "case_nights",
        *(_needed(n, k) for n, k in (("place", sa.Integer()), ("first_night", sa.Date()), ("last_night", sa.Date()))),
    )
    op.add_column("housing_case", sa.Column("contacts_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("answer", sa.Column("conversation", sa.String(), nullable=True))
    op.add_column("answer", sa.Column("source_code", sa.String(), nullable=True))
    _move(op.get_bind())


# ---- what is stored


def _stored(name: str, **columns: Any) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, kind) for column, kind in columns.items()))


_TEXT, _DAY, _WHOLE, _YES = sa.String(), sa.Date(), sa.Integer(), sa.Boolean()
_CASE = _stored(
    "housing_case",
    id=_TEXT,
    contacts=Json,
    enquiries=Json,
    events=Json,
    bed_and_breakfast=Json,
    contacts_asked=_YES,
    nights_asked=_YES,
)
_CONVERSATION = _stored(
    "conversation", id=_TEXT, case_id=_TEXT, key=_TEXT, place=_WHOLE, speaker=_TEXT, who=_TEXT, source_name=_TEXT,
    source_role=_TEXT, source_agency=_TEXT, held_on=_DAY, held_at=_TEXT, ground=_TEXT, grade=_TEXT, came=_TEXT,
    question=_TEXT, due=_DAY, due_at=_TEXT, answered_on=_DAY, reply=_TEXT, how=_TEXT, alone=_YES, unit_id=_TEXT,
    recorded_by=_TEXT, recorded_at=UtcDateTime(),
)  # fmt: skip
_CONTACT = _stored(
    "case_contact", id=_TEXT, case_id=_TEXT, place=_WHOLE, child=_TEXT, what=_TEXT, due_on=_DAY, outcome=_TEXT, critical=_YES, need=_TEXT,
    reason=_TEXT, reason_grade=_TEXT, cause=_TEXT, cause_grade=_TEXT,
)  # fmt: skip
_EVENT = _stored(
    "case_event",
    id=_TEXT,
    case_id=_TEXT,
    place=_WHOLE,
    kind=_TEXT,
    happened_on=_DAY,
    who=_TEXT,
    what=_TEXT,
    nights=_WHOLE,
    grade=_TEXT,
)
_NIGHTS = _stored("case_nights", id=_TEXT, case_id=_TEXT, place=_WHOLE, first_night=_DAY, last_night=_DAY)
_ANSWER = _stored(
    "answer", id=_TEXT, case_id=_TEXT, source_name=_TEXT, source_role=_TEXT, source_agency=_TEXT, grade=_TEXT, said_on=_DAY,
    recorded_at=UtcDateTime(), conversation=_TEXT,
)  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _move(connection: sa.Connection) -> None:
    moment = datetime.now(UTC)
    conversations: list[dict[str, Any]] = []
    contacts, events, nights = [], [], []
    for case in connection.execute(sa.select(_CASE)).all():
        for at, e in enumerate(case.enquiries or ()):
            conversations.append(_of_enquiry(case.id, at, e, moment))
        contacts += [_contact(case.id, at, c) for at, c in enumerate(case.contacts or ())]
        events += [_event(case.id, at, e) for at, e in enumerate(case.events or ())]
        nights += [
            {
                "id": new_id(),
                "case_id": case.id,
                "place": at,
                "first_night": _day(s["first"]),
                "last_night": _day(s["last"]),
            }
            for at, s in enumerate(case.bed_and_breakfast or ())
        ]
        if case.contacts is not None:
            connection.execute(_CASE.update().where(_CASE.c.id == case.id).values(contacts_asked=True))
    before, linked = _before(connection, conversations, moment)
    for table, rows in (
        (_CONVERSATION, conversations + before),
        (_CONTACT, contacts),
        (_EVENT, events),
        (_NIGHTS, nights),
    ):
        for start in range(0, len(rows), 500):
            connection.execute(table.insert(), rows[start : start + 500])
    _link(connection, linked)


def _of_enquiry(case_id: str, at: int, e: dict[str, Any], moment: datetime) -> dict[str, Any]:
    return {
        **_empty(case_id, at, moment),
        "speaker": "agency",
        "who": e["agency"],
        "held_on": _day(e["asked"]),
        "ground": e.get("ground", ""),
        "came": _CAME[e.get("answered")],
        "question": e["question"],
        "due": _day(e.get("due")),
        "answered_on": _day(e.get("answered_on")),
        "reply": e.get("reply", ""),
    }


def _empty(case_id: str, at: int, moment: datetime) -> dict[str, Any]:
    texts = dict.fromkeys(
        ("source_name", "source_role", "source_agency", "held_at", "ground", "question", "due_at", "reply"), ""
    )
    nothing = dict.fromkeys(("who", "held_on", "came", "due", "answered_on", "how", "alone", "unit_id", "recorded_by"))
    key = new_id()
    return {
        "id": key,
        "case_id": case_id,
        "key": key,
        "place": at,
        "grade": "E0",
        **texts,
        **nothing,
        "recorded_at": moment,
    }


def _contact(case_id: str, at: int, c: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(), "case_id": case_id, "place": at, "child": c["child"], "what": c["what"], "due_on": _day(c.get("on")),
        "outcome": c["outcome"], "critical": c.get("critical"), "need": c.get("need", ""), "reason": c.get("reason", ""),
        "reason_grade": c.get("reason_grade", "E0"), "cause": c.get("cause"), "cause_grade": c.get("cause_grade", "E0"),
    }  # fmt: skip


def _event(case_id: str, at: int, e: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(), "case_id": case_id, "place": at, "kind": e["kind"], "happened_on": _day(e["on"]), "who": e.get("who"),
        "what": e.get("what", ""), "nights": e.get("nights"), "grade": e.get("grade", "E0"),
    }  # fmt: skip


def _before(
    connection: sa.Connection, placed: list[dict[str, Any]], moment: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One conversation “from before” for each name, role, agency, grade and day of a case, and which answers belong to it."""
    taken: dict[str, int] = {}
    for row in placed:
        taken[row["case_id"]] = taken.get(row["case_id"], 0) + 1
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    linked = []
    for a in connection.execute(sa.select(_ANSWER).order_by(_ANSWER.c.recorded_at, _ANSWER.c.id)).all():
        told = tuple(getattr(a, name) for name in _SOURCE)
        held = found.get((a.case_id, *told))
        if held is None:
            at = taken[a.case_id] = taken.get(a.case_id, -1) + 1
            held = found[a.case_id, *told] = {**_empty(a.case_id, at, moment), "speaker": "before"}
            held |= {**dict(zip(_SOURCE, told, strict=True)), "held_on": a.said_on}
            del held["said_on"]
        linked.append({"which": a.id, "said": held["key"]})
    return list(found.values()), linked


def _link(connection: sa.Connection, linked: list[dict[str, Any]]) -> None:
    """Answers are only ever added to: the guard stands aside for this one column, in this transaction, and stands again."""
    if not linked:
        return
    sqlite = connection.dialect.name == "sqlite"
    guard = (
        connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'answer_no_update'")) if sqlite else None
    )
    connection.execute(
        sa.text("DROP TRIGGER answer_no_update" if sqlite else "ALTER TABLE answer DISABLE TRIGGER answer_append_only")
    )
    change = _ANSWER.update().where(_ANSWER.c.id == sa.bindparam("which")).values(conversation=sa.bindparam("said"))
    for start in range(0, len(linked), 1000):
        connection.execute(change, linked[start : start + 1000])
    connection.execute(sa.text(str(guard) if sqlite else "ALTER TABLE answer ENABLE TRIGGER answer_append_only"))


# ---- back


def downgrade() -> None:
    connection = op.get_bind()
    held = connection.execute(sa.select(_CONVERSATION).order_by(_CONVERSATION.c.place)).all()
    if any(not _fits(c) for c in held):
        raise SystemExit(_TYPED)
    _write_back(connection, held)
    op.drop_column("answer", "source_code")
    op.drop_column("answer", "conversation")
    op.drop_column("housing_case", "contacts_asked")
    for name in ("case_nights", "case_event", "case_contact", "conversation"):
        op.drop_index(op.f(f"ix_{name}_case_id"), table_name=name)
        op.drop_table(name)


def _fits(c: Any) -> bool:
    """Is all that it says said by the earlier version too?"""
    if c.speaker == "before":
        return True
    more = (c.how, c.held_at, c.source_name, c.alone, c.due_at)
    return c.speaker == "agency" and c.came != "silent" and c.question and c.grade == "E0" and not any(more)


def _write_back(connection: sa.Connection, held: Any) -> None:
    enquiries: dict[str, list[dict[str, Any]]] = {}
    came = {code: said for said, code in _CAME.items()}
    for c in held:
        if c.speaker == "agency":
            told = {
                "agency": c.who, "question": c.question, "ground": c.ground, "asked": c.held_on, "due": c.due, "answered": came[c.came],
                "answered_on": c.answered_on, "reply": c.reply,
            }  # fmt: skip
            enquiries.setdefault(c.case_id, []).append(_plain(told))
    lists: dict[str, dict[str, list[dict[str, Any]]]] = {}
    names = {"due_on": "on", "happened_on": "on", "first_night": "first", "last_night": "last"}
    for name, table in (("contacts", _CONTACT), ("events", _EVENT), ("bed_and_breakfast", _NIGHTS)):
        for row in connection.execute(sa.select(table).order_by(table.c.place)).all():
            values = {names.get(k, k): v for k, v in row._mapping.items() if k not in ("id", "case_id", "place")}
            lists.setdefault(row.case_id, {}).setdefault(name, []).append(_plain(values))
    for case in connection.execute(sa.select(_CASE)).all():
        mine = lists.get(case.id, {})
        asked = case.contacts_asked or "contacts" in mine
        change = {
            "enquiries": enquiries.get(case.id, []), "events": mine.get("events", []), "bed_and_breakfast": mine.get("bed_and_breakfast", []),
            "contacts": mine.get("contacts", []) if asked else None,
        }  # fmt: skip
        connection.execute(_CASE.update().where(_CASE.c.id == case.id).values(**change))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items() if v is not None}
