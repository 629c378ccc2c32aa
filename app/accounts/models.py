"""Users, their sessions on the server, one-time links, and attempts to sign in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Base, UtcDateTime, new_id, now


class User(Base):
    __tablename__ = "user_account"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class UserSession(Base):
    """A sign-in that can be ended from the server. Only the hash of its token is stored."""

    __tablename__ = "user_session"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    begun_by: Mapped[str] = mapped_column(
        default=""
    )  # password, code, recovery, passkey or council; empty: an earlier version
    device: Mapped[str] = mapped_column(default="")  # two words of ours: which browser on which system; see ``devices``
    # When they last said that it is them: at the sign-in first. None: begun by an earlier version, or not said.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now)
    user: Mapped[User] = relationship(lazy="joined")


class HalfSignIn(Base):
    """A first step that was right, of a sign-in that wants a second. It is no session, and opens nothing."""

    __tablename__ = "half_sign_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    first: Mapped[str]  # password or council
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wrong: Mapped[int] = mapped_column(default=0)


class Authenticator(Base):
    """The app that gives somebody codes: its secret, sealed, and the last step of time of which a code was used."""

    __tablename__ = "authenticator"

    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    sealed: Mapped[str]
    last_step: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class RecoveryCode(Base):
    """One of the codes on paper that stand in for an authenticator once. Only its hash is stored."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A key whose other half lies on somebody’s device. ``credential`` is base64url; ``name`` is their own word for it."""

    __tablename__ = "passkey"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    credential: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SpentChallenge(Base):
    """What a passkey signed, once. It is kept as long as it could be sent again."""

    __tablename__ = "spent_challenge"

    challenge_hash: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class CouncilIdentity(Base):
    """Who somebody is to the council’s own sign-in: by issuer and subject, and never by e-mail address."""

    __tablename__ = "council_identity"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class OneTimeLink(Base):
    """Lets a person set a password once."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(lazy="joined")


class AccountLetter(Base):
    """A letter to the owner of an account: ``link`` brings a one-time link, any other kind says what was changed."""

    __tablename__ = "account_letter"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # not to be sent: a newer link was asked for


class AccountRequest(Base):
    """A change that waits for a second administrator; once settled it stays as it is. ``role`` is what the account has, or gets."""

    __tablename__ = "account_request"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    what: Mapped[str]  # make, link, enable, role or second
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    asked_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))  # none: on the server
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TeamPlace(Base):
    """In whose team an officer is; somebody without a row is in nobody's. It says who arranges the work, and opens no case."""

    __tablename__ = "team_place"

    officer_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    senior_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    set_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Cover(Base):
    """Somebody does an officer's work from one day to another, both counted; it ends by itself, or was ended before."""

    __tablename__ = "cover"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    holder_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    cover_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    first: Mapped[date] = mapped_column("first_day")
    last: Mapped[date] = mapped_column("last_day")
    set_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="ends_after_it_begins"),
        CheckConstraint("holder_id <> cover_id", name="somebody_else"),
        {"sqlite_strict": True},
    )


class SignInAttempt(Base):
    """One attempt, by keyed hashes of what was typed, of where from and of which device: what the throttle counts."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    who: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    succeeded: Mapped[bool]
    address: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")  # empty where the device was not known
    __table_args__ = (
        Index("ix_sign_in_attempt_who_at", "who", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
        {"sqlite_strict": True},
    )
