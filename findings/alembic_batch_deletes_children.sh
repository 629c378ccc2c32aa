#!/bin/sh
# A batch migration of a parent table empties the tables that hang on it, though foreign keys were switched off first.
#
# Expected: a migration that opens with `PRAGMA foreign_keys=OFF`, the advice for making an SQLite table anew, keeps the rows of other
# tables; were it not so, the step would fail.
# Seen (alembic 1.20.1, SQLAlchemy 2.1.9): where migrations run in one real transaction (the engine says BEGIN itself, as SQLAlchemy's
# page on SQLite has it, and switches foreign keys on as it connects) the pragma is a silent no-op: the drop of the old table deletes its
# rows one by one, and with ON DELETE CASCADE the children go too: 3 of 3, no error, no warning. Switched off before the transaction
# begins, all 3 are there.
# What to do: switch it off on the connection before BEGIN, run PRAGMA foreign_key_check before COMMIT, and count rows before and after.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check alembic==1.20.1 SQLAlchemy==2.1.9
cat >"$work/children.py" <<'PY'
import warnings

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

warnings.simplefilter("error")


def children_left(off_before_begin):
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection, record):
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE household (id INTEGER PRIMARY KEY, name TEXT)")
        connection.exec_driver_sql(
            "CREATE TABLE person (id INTEGER PRIMARY KEY, household_id INTEGER NOT NULL REFERENCES household (id) ON DELETE CASCADE)"
        )
        connection.exec_driver_sql("INSERT INTO household VALUES (1, 'Example')")
        connection.exec_driver_sql("INSERT INTO person VALUES (1, 1), (2, 1), (3, 1)")
    if off_before_begin:
        raw = engine.raw_connection()
        raw.cursor().execute("PRAGMA foreign_keys=OFF")
        raw.close()
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        operations.execute("PRAGMA foreign_keys=OFF")
        with operations.batch_alter_table("household") as batch:
            batch.alter_column("name", existing_type=sa.Text(), nullable=False)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM household").scalar() == 1
        return connection.exec_driver_sql("SELECT count(*) FROM person").scalar()


inside, before = children_left(False), children_left(True)
print(f"people left of 3: {inside} when switched off in the migration, {before} when switched off before its transaction")
raise SystemExit((inside, before) != (0, 3))
PY
"$work/venv/bin/python" "$work/children.py" && echo "Still so." || { echo "It changed: see above."; exit 1; }
