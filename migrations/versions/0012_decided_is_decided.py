"""what is decided, accepted and hashed is never changed; each file made of a record is written down"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0012"
down_revision = "0011"

# Only ever added to. A plan is changed while it is being made, an assessment until it is decided.
ADDED_TO = ("decision", "acceptance", "record_file")
HASHES = ("pdf_sha256", "unsealed_sha256", "pdf_bytes", "rendered_at")
DECIDED = "EXISTS (SELECT 1 FROM assessment a WHERE a.case_id = OLD.case_id AND a.unit_id = OLD.unit_id AND a.state = 'decided')"


def upgrade() -> None:
    op.create_table(
        "record_file",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("unsealed_sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_file_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_record_file_sha256")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_record_file_record_id"), "record_file", ["record_id"], unique=False)
    # The files of before, so that every one of ours is in one place.
    op.execute(
        "INSERT INTO record_file (id, record_id, sha256, unsealed_sha256, bytes, made_at, again) "
        f"SELECT id, id, pdf_sha256, COALESCE(unsealed_sha256, ''), COALESCE(pdf_bytes, 0), COALESCE(rendered_at, issued_at), {_no()} "
        "FROM record WHERE pdf_sha256 IS NOT NULL"
    )
    guard_sqlite() if op.get_bind().dialect.name == "sqlite" else guard_postgresql()


def _no() -> str:
    return "0" if op.get_bind().dialect.name == "sqlite" else "FALSE"


def guard_sqlite() -> None:
    def refuse(name: str, table: str, when: str, because: str, only_if: str = "") -> None:
        condition = f"WHEN {only_if} " if only_if else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {when} ON {table} {condition}BEGIN SELECT RAISE(ABORT, '{because}'); END"
        )

    for table in ADDED_TO:
        refuse(f"{table}_no_update", table, "UPDATE", f"{table} is append-only")
        refuse(f"{table}_no_delete", table, "DELETE", f"{table} is append-only")
    for what in ("UPDATE", "DELETE"):
        refuse(
            f"assessment_no_{what.lower()}",
            "assessment",
            what,
            "an assessment that is decided is never changed",
            "OLD.state = 'decided'",
        )
        refuse(
            f"mitigation_no_{what.lower()}",
            "mitigation",
            what,
            "a plan that was decided upon is never changed",
            DECIDED,
        )
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in HASHES)
    refuse(
        "record_hashes", "record", f"UPDATE OF {', '.join(HASHES)}", "the hashes of a record are frozen",
        f"OLD.pdf_sha256 IS NOT NULL AND ({changed})",
    )  # fmt: skip


def guard_postgresql() -> None:
    for table in ADDED_TO:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER assessment_decided BEFORE UPDATE OR DELETE ON assessment FOR EACH ROW WHEN (OLD.state = 'decided') "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE FUNCTION refuse_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {DECIDED} THEN RAISE EXCEPTION 'a plan that was decided upon is never changed'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER mitigation_decided BEFORE UPDATE OR DELETE ON mitigation FOR EACH ROW EXECUTE FUNCTION refuse_decided()"
    )
    for table in ("assessment", "mitigation"):
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()")
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in HASHES)
    op.execute(
        f"CREATE TRIGGER record_hashes BEFORE UPDATE OF {', '.join(HASHES)} ON record FOR EACH ROW "
        f"WHEN (OLD.pdf_sha256 IS NOT NULL AND ({changed})) EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        names = [
            "record_hashes",
            *(f"{t}_no_{w}" for t in (*ADDED_TO[:2], "assessment", "mitigation") for w in ("update", "delete")),
        ]
        for name in names:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for name, table in (
            ("record_hashes", "record"), ("decision_append_only", "decision"), ("acceptance_append_only", "acceptance"),
            ("assessment_decided", "assessment"), ("assessment_no_truncate", "assessment"), ("mitigation_no_truncate", "mitigation"),
        ):  # fmt: skip
            op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute("DROP FUNCTION refuse_decided() CASCADE")
    op.drop_table("record_file")
