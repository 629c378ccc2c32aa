"""Runs the migrations over the application's own engine, in one write transaction."""

from alembic import context
from flask import current_app

from app.database import Base, writing_connection

config = context.config
options = current_app.extensions["migrate"].configure_args


def run() -> None:
    with writing_connection() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, **{**options, "compare_type": False})
        with context.begin_transaction():
            context.run_migrations()


run()
