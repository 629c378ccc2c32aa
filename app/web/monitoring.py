"""For an operator's own monitoring: numbers in the text format of Prometheus, and a line of the log for each request, if they are asked for.

Neither holds anything of a family or of who works here: routes by their names, never an address; numbers, never a word of anybody's.
How often and how long pages are asked for is in the lines of the log: each web process writes its own, and none has to know the others'.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from flask import Blueprint, Flask, Response, abort, current_app, g, request
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app import disk, jobs, upgrading
from app.accounts.models import UserSession
from app.accounts.policy import permission
from app.audit import service as audit
from app.backups import keeping
from app.database import now, schema_version
from app.extensions import db
from app.jobs.models import DEAD, DONE, RUNNING, WAITING, Job
from app.settings import Settings, current_settings

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

pages = Blueprint("monitoring", __name__)
log = structlog.get_logger("case_by_case.requests")


def init_app(app: Flask, settings: Settings) -> None:
    """Write a line for each request, where that is asked for."""
    if settings.log_requests:
        app.before_request(_begun)
        app.after_request(_told)


@pages.get("/metrics")
@permission("metrics.read")
def metrics() -> Response:
    """What can be counted, for who brings the token; without a token in the settings there is no such page."""
    token = current_settings().metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode("utf-8"), f"Bearer {token}".encode()):
        abort(404)
    from prometheus_client import CollectorRegistry, generate_latest  # only where it is asked for

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Numbers())
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


class Number(NamedTuple):
    """What is counted, in a sentence, and how many: by the values of one label, or by none."""

    name: str
    said: str
    values: Mapping[str, float]
    label: str = ""


class _Numbers:
    """The numbers of this moment, as the library collects them."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from prometheus_client.core import GaugeMetricFamily

        for one in numbers():
            family = GaugeMetricFamily(f"case_by_case_{one.name}", one.said, labels=[one.label] if one.label else [])
            for at, value in one.values.items():
                family.add_metric([at] if one.label else [], value)
            yield family


def numbers() -> list[Number]:
    """Everything that is counted, now. A number that cannot be known is left out: nought would say that there is none."""
    settings, moment = current_settings(), now()
    room, beat = disk.of_this_instance(), jobs.heartbeat_age(settings)
    found = [
        Number("disk_free_bytes", "Bytes that may still be written where the data folder lies", {"": room.free()}),
        Number("read_only", "1 while nothing can be saved", {"": float(room.read_only() is not None)}),
    ]
    if beat is not None:
        found.append(
            Number("worker_heartbeat_age_seconds", "Since when the worker has not said that it lives", {"": beat})
        )
    try:
        is_ready = upgrading.may_serve(schema_version(), current_app.config["SCHEMA_HEAD"])
    except SQLAlchemyError:
        is_ready = False
    found.append(
        Number(
            "database_ready",
            "1 where the database answers and its tables are those of this version",
            {"": float(is_ready)},
        )
    )
    return found + _of_the_database(settings, moment) if is_ready else found


def _of_the_database(settings: Settings, moment: datetime) -> list[Number]:
    states = dict(
        db.session.execute(select(Job.state, func.count()).where(Job.state != DONE).group_by(Job.state)).all()
    )
    open_ = select(func.count()).where(
        UserSession.ended_at.is_(None), UserSession.last_seen_at > moment - timedelta(minutes=settings.idle_minutes)
    )
    backup = keeping.noted(settings)
    found = [
        Number("audit_entries", "Entries of the audit", {"": float(audit.head(db.session)["entry"])}),
        Number("jobs", "Letters and PDFs that are not done, by how they stand", {s: float(states.get(s, 0)) for s in (WAITING, RUNNING, DEAD)}, "state"),
        Number("oldest_job_seconds", "How long past its time the job is that waits longest", {"": jobs.oldest_overdue(moment).total_seconds()}),
        Number("sessions_open", "People who are signed in", {"": float(db.session.scalar(open_) or 0)}),
        Number("clock_behind", "1 where this computer’s clock is behind the last entry of the audit", {"": float(audit.behind(moment) is not None)}),
    ]  # fmt: skip
    if backup.at is not None:
        found.append(
            Number("backup_age_seconds", "Since the last good backup", {"": (moment - backup.at).total_seconds()})
        )
    return found


def _begun() -> None:
    g.request_begun = time.perf_counter()


def _told(response: Response) -> Response:
    begun = g.get("request_begun")
    log.info(
        "request", endpoint=request.endpoint or "", method=request.method, status=response.status_code, request=g.get("request_id", ""),
        ms=None if begun is None else round((time.perf_counter() - begun) * 1000, 1),
    )  # fmt: skip
    return response
