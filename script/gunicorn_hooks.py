"""What the web server does between loading the application and opening its port."""

from __future__ import annotations

from app.installation import wait_until_prepared


def on_starting(server: object) -> None:
    """Open nothing before the instance is ready: ``script/server`` looks it over while the application is loaded."""
    wait_until_prepared()
