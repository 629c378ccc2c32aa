"""The house itself answers truthfully."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.conftest import Instance


def test_health_and_readiness_tell_the_truth(either: Instance, client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 503  # no worker runs here
    assert answer.json is not None
    assert answer.json["checks"] == {
        "database": True,
        "migrated": True,
        "gazetteer": True,
        "worker": False,
        "disk": True,
        "jobs": True,
        "clock": True,
        "writable": True,
    }
    (either.settings.data / "worker.heartbeat").touch()
    assert client.get("/readyz").status_code == 200
