"""What an earlier version wrote into the audit is sealed by one entry that says it is unproved before it, and the chain begins there."""

from __future__ import annotations

from sqlalchemy import func, select

from app.audit import chain, verifying
from app.audit.models import AuditEvent
from app.extensions import db

from .samples import OldInstance


def test_old_entries_are_sealed_with_their_count_and_hash(old: OldInstance) -> None:
    with old.app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.hash.is_(None)))
        first = db.session.scalars(
            select(AuditEvent).where(AuditEvent.hash.is_not(None)).order_by(AuditEvent.seq)
        ).first()
        assert first is not None
        assert first.action == chain.SEALED
        assert first.plain["entries"] == before
        assert len(first.plain["sha256"]) == 64
        db.session.close()
        with db.engine.connect() as connection:
            told = verifying.Told()
            assert list(verifying.verify(connection, told)) == []
            assert told.unproved == before
