"""what stopped or held each decision, beside its record: counted without opening every record there is"""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

_COUNTED = ("stop", "stop_until", "hold")
_AT_ONCE = 50  # records in memory: each a quarter of a megabyte and more


def upgrade() -> None:
    made = op.create_table(
        "decision_finding",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_decision_finding_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("decision_id", "kind", "effect", name=op.f("pk_decision_finding")),
        sqlite_strict=True,
    )
    for rows in _of_records():
        op.bulk_insert(made, rows)
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER decision_finding_no_{what.lower()} BEFORE {what} ON decision_finding "
                "BEGIN SELECT RAISE(ABORT, 'decision_finding is append-only'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER decision_finding_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision_finding "
            "EXECUTE FUNCTION refuse_change()"
        )


def _of_records() -> Iterator[list[dict[str, str]]]:
    """The rows of the records there are, some decisions at a time."""
    query = sa.text(
        "SELECT decision.id, record.body FROM decision JOIN record ON record.id = decision.record_id "
        "WHERE decision.id > :last ORDER BY decision.id LIMIT :most"
    )
    last = ""
    while found := op.get_bind().execute(query, {"last": last, "most": _AT_ONCE}).all():
        last = found[-1][0]
        rows = []
        for decision_id, body in found:
            result = json.loads(body).get("result", {})
            kinds = {(f["criterion"], f["effect"]) for f in result.get("findings", ())}
            kinds |= {(p["pattern"], p["effect"]) for p in result.get("patterns", ()) if not p.get("carried_by")}
            rows += [
                {"decision_id": decision_id, "kind": kind, "effect": effect}
                for kind, effect in sorted(kinds)
                if effect in _COUNTED
            ]
        if rows:
            yield rows


def downgrade() -> None:
    # The records keep all of it: it is made again by the next upgrade.
    op.drop_table("decision_finding")
