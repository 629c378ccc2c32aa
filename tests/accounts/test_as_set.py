"""The settings as an administrator reads them: what is set, where, and no secret."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from app.settings import Settings
from tests.conftest import Instance


def test_settings_are_read_with_where_they_come_from_and_no_secret(
    instance: Instance, administrator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = instance.settings.data / "settings.env"
    file.write_text("#CBC_IDLE_MINUTES=15\nCBC_COUNCIL_NAME=Example Council\n", encoding="utf-8")
    monkeypatch.setenv("CBC_TEAM_NAME", "x")
    secret = "nobody-reads-this"
    instance.app.config["SETTINGS"] = instance.settings.model_copy(
        update={
            "smtp_password": SecretStr(secret), "oidc_client_secret": SecretStr(secret), "tile_url": f"https://u:{secret}@tiles.example/?key={secret}",
            "nominatim_url": f"https://{secret}@names.example",
        }
    )  # fmt: skip
    page = administrator.get("/settings").text
    assert secret not in page
    assert "https://names.example" in page
    for name in Settings.model_fields:
        assert f"CBC_{name.upper()}" in page
    rows = [row.split("</tr>")[0] for row in page.split("<tr")[2:]]
    from_ = {
        key: next(row for row in rows if f">CBC_{key}<" in row) for key in ("COUNCIL_NAME", "TEAM_NAME", "IDLE_MINUTES")
    }
    assert "settings.env" in from_["COUNCIL_NAME"]
    assert "the environment" in from_["TEAM_NAME"]
    assert "as shipped" in from_["IDLE_MINUTES"]
