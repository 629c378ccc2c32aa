"""A record shared with one recipient: what they need to open it is stored hashed, and every link ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base, UtcDateTime, new_id, now


class Share(Base):
    __tablename__ = "share"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    made_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    held_by: Mapped[str] = mapped_column(default="")  # who took it over from whoever made it; empty: nobody had to
    recipient_name: Mapped[str]
    recipient_role: Mapped[str]
    recipient_email: Mapped[str]
    why: Mapped[str]
    edition_id: Mapped[str] = mapped_column(default="")  # the copy that is shared; empty: the whole record
    locator_hash: Mapped[str] = mapped_column(unique=True)
    link_sealed: Mapped[bytes | None]  # the link, encrypted for the mail job; removed once mailed
    code_hash: Mapped[str] = mapped_column(default="")
    code_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The code that was used last, for the same browser to send it twice: a double click is no second use.
    code_used_hash: Mapped[str] = mapped_column(default="")
    code_used_by: Mapped[str] = mapped_column(default="")
    code_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_tries: Mapped[int] = mapped_column(default=0)
    all_tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str] = mapped_column(
        default=""
    )  # restricted: the case was; parted: some of the household left; empty: a person revoked it
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visit_hash: Mapped[str] = mapped_column(default="")  # of the first version, which knew one visit; no longer read
    visit_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    response: Mapped[str] = mapped_column(default="")
    response_name: Mapped[str] = mapped_column(default="")
    response_reason: Mapped[str] = mapped_column(default="")
    responded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    steps: Mapped[list[ShareStep]] = relationship(order_by="ShareStep.taken_at", lazy="selectin")


class ShareVisit(Base):
    """A browser that knew the code: the link reopens in it until it ends. Only the hash of its token is stored."""

    __tablename__ = "share_visit"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    share_id: Mapped[str] = mapped_column(ForeignKey("share.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ShareWord(Base):
    """What a recipient added or said is wrong, in their words, as a named professional told it; what they said is never edited.

    It is an answer to no question until an officer maps it to one; ``verdict`` is what an officer did with it.
    """

    __tablename__ = "share_word"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    share_id: Mapped[str] = mapped_column(ForeignKey("share.id"), index=True)
    kind: Mapped[str]
    said: Mapped[str]
    said_by: Mapped[str]
    said_by_role: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    taken_by: Mapped[str] = mapped_column(default="")
    taken_by_name: Mapped[str] = mapped_column(default="")
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verdict: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class ShareStep(Base):
    """What was done after a recipient did not agree, or was not the one who leads; only ever added to."""

    __tablename__ = "share_step"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("housing_case.id"), index=True)
    share_id: Mapped[str] = mapped_column(ForeignKey("share.id"), index=True)
    taken_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    taken_by_name: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    verdict: Mapped[str]
    spoken: Mapped[str]
    note: Mapped[str]
