"""Runs the migrations in one write transaction: as the role that owns the tables where there is one, else as the one that serves."""

from alembic import context
from flask import current_app

from app import rights, upgrading
from app.database import Base, writing_connection

config = context.config
options = current_app.extensions["migrate"].configure_args


def run() -> None:
    settings = current_app.config["SETTINGS"]
    owned = bool(settings.migration_database_url)
    with rights.owning(settings) if owned else writing_connection() as connection:
        upgrading.begin(connection)
        context.configure(connection=connection, target_metadata=Base.metadata, **{**options, "compare_type": False})
        with context.begin_transaction():
            context.run_migrations()
            upgrading.say_who_may_serve(connection)
            if owned:
                rights.give(connection, settings)


upgrading.patiently(run)
