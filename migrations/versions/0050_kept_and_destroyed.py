"""legal holds, proposals to destroy a case and what people said to them, certificates; on PostgreSQL the one function that destroys a case"""

import sqlalchemy as sa
from alembic import op

from app.database import UtcDateTime

revision = "0050"
down_revision = "0049"

_TABLES = ("legal_hold", "legal_hold_lifted", "disposal", "disposal_step", "destruction")
_GIVEN = "case_id, member_key, clock_id, asked_on, proved, body, sha256, made_by, made_by_name, made_at"
_TYPED = (
    "This database cannot go back: a case was destroyed, or kept from it by a hold, and the earlier version knows of neither. "
    "Nothing was changed. To go back all the same, restore the backup made before the upgrade, and erase again what was erased since."
)

# A guard lets a row go only to the role that owns the table, and only while that role destroys a case; see docs/decisions/0155.
_IS_DESTROYING = """TG_OP = 'DELETE' AND coalesce(current_setting('cbc.destroying', true), '') <> ''
      AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')"""
_DECIDED = "EXISTS (SELECT 1 FROM assessment a WHERE a.case_id = OLD.case_id AND a.unit_id = OLD.unit_id AND a.state = 'decided')"
_REFUSES = (
    f"""CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {_IS_DESTROYING} THEN
      IF TG_LEVEL = 'ROW' THEN RETURN OLD; END IF;
      RETURN NULL;
    END IF;
    RAISE EXCEPTION 'append-only'; END $$""",
    f"""CREATE OR REPLACE FUNCTION refuse_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {_IS_DESTROYING} THEN RETURN OLD; END IF;
    IF {_DECIDED} THEN RAISE EXCEPTION 'a plan that was decided upon is never changed'; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$""",
)
_REFUSED_BEFORE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
    "CREATE OR REPLACE FUNCTION refuse_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {_DECIDED} THEN RAISE EXCEPTION 'a plan that was decided upon is never changed'; END IF; "
    "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
)
# Each step is a table and its ways to the case. A way is only taken where each of its links is a foreign key that is there, so that
# whoever calls it can name no row that is not of the case.
_DESTROY_ROWS = """CREATE FUNCTION destroy_rows(p_case text, p_steps jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  step jsonb; way jsonb; link jsonb; from_table text; head text; tail text; whole text; many bigint; told jsonb := '{}';
BEGIN
  IF coalesce(p_case, '') = '' THEN RAISE EXCEPTION 'no case is named'; END IF;
  PERFORM set_config('cbc.destroying', p_case, true);
  FOR step IN SELECT value FROM jsonb_array_elements(p_steps) LOOP
    whole := CASE WHEN step->>'table' = 'housing_case' THEN 'id = $1' END;
    FOR way IN SELECT value FROM jsonb_array_elements(step->'paths') LOOP
      from_table := step->>'table'; head := ''; tail := '';
      FOR link IN SELECT value FROM jsonb_array_elements(way) LOOP
        PERFORM 1 FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
          WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1 AND a.attname = link->>0
            AND c.conrelid = to_regclass('public.' || quote_ident(from_table))
            AND c.confrelid = to_regclass('public.' || quote_ident(link->>1));
        IF NOT FOUND THEN RAISE EXCEPTION 'this is not of a case'; END IF;
        IF link->>1 = 'housing_case' THEN
          head := head || format('%I = $1', link->>0);
        ELSE
          head := head || format('%I IN (SELECT id FROM public.%I WHERE ', link->>0, link->>1);
          tail := tail || ')';
        END IF;
        from_table := link->>1;
      END LOOP;
      IF from_table <> 'housing_case' THEN RAISE EXCEPTION 'this is not of a case'; END IF;
      whole := concat_ws(' OR ', whole, head || tail);
    END LOOP;
    IF coalesce(whole, '') = '' THEN RAISE EXCEPTION 'this is not of a case'; END IF;
    EXECUTE format('DELETE FROM public.%I WHERE ', step->>'table') || whole USING p_case;
    GET DIAGNOSTICS many = ROW_COUNT;
    told := told || jsonb_build_object(step->>'table', many);
  END LOOP;
  PERFORM set_config('cbc.destroying', '', true);
  RETURN told;
END $$"""
# What the role that serves may call. It looks for itself: no hold, and two who agreed, one of them a safeguarding lead.
_DESTROY_CASE = """CREATE FUNCTION destroy_case(p_case text, p_steps jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  LOCK TABLE public.legal_hold IN SHARE MODE;
  IF EXISTS (SELECT 1 FROM public.legal_hold h WHERE (h.case_id = p_case OR h.case_id IS NULL)
      AND NOT EXISTS (SELECT 1 FROM public.legal_hold_lifted l WHERE l.hold_id = h.id)) THEN
    RAISE EXCEPTION 'a legal hold stands';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.disposal d
      JOIN public.disposal_step a ON a.disposal_id = d.id AND a.what = 'agreed'
      JOIN public.disposal_step b ON b.disposal_id = d.id AND b.what = 'agreed' AND b.said_by <> a.said_by
      WHERE d.case_id = p_case AND d.due_on <= (now() AT TIME ZONE 'Europe/London')::date
        AND 'safeguarding_lead' IN (a.said_by_role, b.said_by_role)
        AND NOT EXISTS (SELECT 1 FROM public.disposal_step k WHERE k.disposal_id = d.id AND k.what <> 'agreed')) THEN
    RAISE EXCEPTION 'nobody agreed to this';
  END IF;
  RETURN public.destroy_rows(p_case, p_steps);
END $$"""


def _made(name: str, *columns: sa.Column | sa.Constraint) -> None:
    op.create_table(name, *columns, sqlite_strict=True)


def _text(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    _made(
        "legal_hold", _text("id"), _text("case_id", nullable=True), _text("kind"), _text("about"), _text("reason"),
        _text("set_by", nullable=True), _text("set_by_name"), sa.Column("set_at", UtcDateTime(), nullable=False),
        _of("legal_hold", "case_id", "housing_case"), _of("legal_hold", "set_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )  # fmt: skip
    _made(
        "legal_hold_lifted", _text("hold_id"), _text("reason"), _text("lifted_by"), _text("lifted_by_name"),
        sa.Column("lifted_at", UtcDateTime(), nullable=False), _of("legal_hold_lifted", "hold_id", "legal_hold"),
        _of("legal_hold_lifted", "lifted_by", "user_account"), sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_legal_hold_lifted")),
    )  # fmt: skip
    _made(
        "disposal", _text("id"), _text("case_id"), _text("rule"), _text("schedule"), sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False), _of("disposal", "case_id", "housing_case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )  # fmt: skip
    _made(
        "disposal_step", _text("id"), _text("case_id"), _text("disposal_id"), _text("what"), _text("reason"),
        sa.Column("kept_until", sa.Date(), nullable=True), _text("said_by", nullable=True), _text("said_by_name"), _text("said_by_role"),
        sa.Column("said_at", UtcDateTime(), nullable=False), _of("disposal_step", "case_id", "housing_case"),
        _of("disposal_step", "disposal_id", "disposal"), _of("disposal_step", "said_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_step")),
    )  # fmt: skip
    _made(
        "destruction", _text("id"), _text("number"), _text("case_id"), sa.Column("body", sa.LargeBinary(), nullable=False), _text("sha256"),
        sa.Column("destroyed_at", UtcDateTime(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction")),
        sa.UniqueConstraint("case_id", name=op.f("uq_destruction_case_id")), sa.UniqueConstraint("number", name=op.f("uq_destruction_number")),
    )  # fmt: skip
    _made(
        "subject_access", _text("id"), _text("case_id"), _text("member_key"), _text("clock_id"), sa.Column("asked_on", sa.Date(), nullable=False),
        _text("proved"), sa.Column("body", sa.LargeBinary(), nullable=False), _text("sha256"), _text("made_by"), _text("made_by_name"),
        sa.Column("made_at", UtcDateTime(), nullable=False), _text("released_by", nullable=True), _text("released_by_name"),
        _text("released_why"), sa.Column("released_at", UtcDateTime(), nullable=True), _of("subject_access", "case_id", "housing_case"),
        _of("subject_access", "made_by", "user_account"), _of("subject_access", "released_by", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_access")),
    )  # fmt: skip
    for table, column in (
        ("subject_access", "case_id"), ("legal_hold", "case_id"), ("disposal", "case_id"), ("disposal_step", "case_id"), ("disposal_step", "disposal_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    _guard_what_is_given()
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for what in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    for statement in (*_REFUSES, _DESTROY_ROWS, _DESTROY_CASE):
        op.execute(statement)
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        )


def _guard_what_is_given() -> None:
    """What was put together is never changed, and released once."""
    refuse = "BEGIN SELECT RAISE(ABORT, 'what is given is never changed'); END"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER subject_access_frozen BEFORE UPDATE OF {_GIVEN} ON subject_access {refuse}")
        op.execute(
            f"CREATE TRIGGER subject_access_once BEFORE UPDATE ON subject_access WHEN OLD.released_at IS NOT NULL {refuse}"
        )
        op.execute(f"CREATE TRIGGER subject_access_no_delete BEFORE DELETE ON subject_access {refuse}")
        return
    refuse = "EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER subject_access_frozen BEFORE UPDATE OF {_GIVEN} ON subject_access {refuse}")
    op.execute(
        f"CREATE TRIGGER subject_access_once BEFORE UPDATE ON subject_access FOR EACH ROW WHEN (OLD.released_at IS NOT NULL) {refuse}"
    )
    op.execute(f"CREATE TRIGGER subject_access_no_delete BEFORE DELETE OR TRUNCATE ON subject_access {refuse}")


def downgrade() -> None:
    for table in ("subject_access", "destruction", "legal_hold", "disposal_step"):
        if op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise SystemExit(_TYPED)
    for table in ("subject_access", "destruction", "disposal_step", "disposal", "legal_hold_lifted", "legal_hold"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION destroy_case(text, jsonb)")
        op.execute("DROP FUNCTION destroy_rows(text, jsonb)")
        for statement in _REFUSED_BEFORE:
            op.execute(statement)
