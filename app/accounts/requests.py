"""Changes of accounts that reach far, and wait until a second administrator agrees: nobody makes themselves a lead alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.database import now, writing
from app.extensions import db

from . import letters, links, second, service
from .models import AccountRequest, User
from .policy import ROLES
from .service import AccountProblem

# A lead and an auditor read restricted cases. An administrator made alone would be the second who agrees.
NEED_A_SECOND = ("safeguarding_lead", "auditor", "administrator")
MAKE, LINK, ENABLE, ROLE, SECOND = "make", "link", "enable", "role", "second"
WAITING, AGREED, REFUSED = "waiting", "agreed", "refused"


class Waiting(NamedTuple):
    """A request as its page says it: what, for whom, and who asked. ``role`` is what the account has, or gets."""

    request: AccountRequest
    name: str
    email: str
    role: str
    asked_by: str


def is_alone(actor: Any) -> bool:
    """Is there no other administrator who could agree?"""
    others = select(User.id).where(
        User.role == "administrator",
        User.active.is_(True),
        User.password_hash != "",  # made, and never signed in: agrees to nothing
        User.id != actor.id,
    )
    return db.session.scalar(others.limit(1)) is None


def ask_account(actor: Any, name: str, email: str, role: str) -> None:
    """Ask for an account whose role needs a second administrator; nothing of it is made before.

    Raises:
        AccountProblem: there is one with this address, or it waits already.
    """
    address = email.strip().casefold()
    with writing() as session:
        if session.scalar(select(User.id).where(User.email == address)) is not None:
            raise AccountProblem("There is already an account with this e-mail address.")
        if session.scalar(_waits().where(AccountRequest.email == address).limit(1)) is not None:
            raise AccountProblem("An account with this e-mail address waits already for another administrator.")
        _add(session, AccountRequest(what=MAKE, name=name.strip(), email=address, role=role, asked_by=actor.id))


def ask_change(actor: Any, user_id: str, what: str, role: str = "") -> None:
    """Ask for a new link for such an account, that it is enabled, or, of any account, another role or no second step any more.

    Args:
        role: the one that the account gets, where that is what is asked for.
    Raises:
        AccountProblem: it waits already, or cannot be done.
    """
    with writing() as session:
        user = links.taken(session, user_id)
        _refuse_impossible(session, user, what, role)
        if session.scalar(_waits().where(AccountRequest.user_id == user_id, AccountRequest.what == what)) is not None:
            raise AccountProblem("This waits already for another administrator.")
        _add(session, AccountRequest(what=what, user_id=user_id, role=role or user.role, asked_by=actor.id))


def _refuse_impossible(session: Session, user: User, what: str, role: str) -> None:
    if what == LINK:
        service.refuse_link(user)
    elif what == ROLE:
        _refuse_role(session, user, role)
    elif what == SECOND:
        if not second.standing(session, user.id).is_there:
            raise AccountProblem("This account has no second step.")
    elif user.active:
        raise AccountProblem("This account is enabled already.")


def _refuse_role(session: Session, user: User, role: str) -> None:
    if role not in ROLES:
        raise AccountProblem("Choose a role.")
    if role == user.role:
        raise AccountProblem("This account has that role already.")
    others = select(User.id).where(
        User.role == "administrator",
        User.active.is_(True),
        User.password_hash != "",  # made, and never signed in: could do nothing
        User.id != user.id,
    )
    if user.role == "administrator" and session.scalar(others.limit(1)) is None:
        raise AccountProblem("This is the only administrator: make another one first.")


def _waits() -> Any:
    return select(AccountRequest).where(AccountRequest.state == WAITING)


def _add(session: Session, made: AccountRequest) -> None:
    session.add(made)
    session.flush()
    _audit(session, "account.change_asked", made)


def _audit(session: Session, action: str, request: AccountRequest) -> None:
    detail = {"what": request.what, "role": request.role, "user": request.user_id or ""}
    audit.record(session, action, "account_request", request.id, detail=detail)


def waiting() -> Sequence[Waiting]:
    """All that waits, the longest first."""
    found = db.session.scalars(_waits().order_by(AccountRequest.asked_at)).all()
    ids = {request.asked_by for request in found} | {request.user_id for request in found if request.user_id}
    people = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(ids)))}
    told = []
    for request in found:
        user = people.get(request.user_id or "")
        name, email = (user.name, user.email) if user is not None else (request.name, request.email)
        told.append(Waiting(request, name, email, request.role, people[request.asked_by].name))
    return told


def agree(actor: Any, request_id: str) -> None:
    """Another administrator agrees: now it is done, and not before.

    Raises:
        AccountProblem: the same person asked, it is settled already, or it cannot be done any more.
    """
    with writing() as session:
        request = _taken(session, request_id)
        if request.asked_by == actor.id:
            raise AccountProblem("You asked for this. Another administrator agrees, or whoever runs the server.")
        _do(session, request, actor.id, "account.change_agreed")


def agree_on_server(email: str) -> Sequence[str]:
    """Whoever runs the server agrees to all that waits for an address; returns what it was.

    Raises:
        AccountProblem: nothing waits for it, or it cannot be done any more.
    """
    address = email.strip().casefold()
    with writing() as session:
        of = select(User.id).where(User.email == address)
        wanted = _waits().where((AccountRequest.email == address) | AccountRequest.user_id.in_(of))
        ids = [request.id for request in session.scalars(wanted.order_by(AccountRequest.asked_at))]
        if not ids:
            raise AccountProblem("Nothing waits for an account with this e-mail address.")
        return [_do(session, _taken(session, found), None, "account.change_agreed_on_server").what for found in ids]


def refuse(actor: Any, request_id: str) -> None:
    """An administrator says no, or the one who asked takes it back: nothing is done.

    Raises:
        AccountProblem: it is settled already.
    """
    with writing() as session:
        request = _taken(session, request_id)
        request.state, request.settled_by, request.settled_at = REFUSED, actor.id, now()
        _audit(session, "account.change_refused", request)


def _taken(session: Session, request_id: str) -> AccountRequest:
    """A request that still waits, locked: of two who settle it at once, the second is told."""
    request = session.scalars(
        select(AccountRequest)
        .where(AccountRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if request.state != WAITING:
        raise AccountProblem("This is settled already.")
    return request


def _do(session: Session, request: AccountRequest, by: str | None, action: str) -> AccountRequest:
    if request.what == MAKE:
        user = service.add_account(session, request.name, request.email, request.role)
        request.user_id = user.id
        if letters.is_sent_here():
            letters.queue_link(session, user)
    else:
        user = links.taken(session, str(request.user_id))
        _refuse_impossible(session, user, request.what, request.role)
        if request.what == LINK:
            letters.queue_link(session, user)
        elif request.what == ROLE:
            service.change_role(session, user, request.role)
        elif request.what == SECOND:
            service.reset_second_step(session, user)
        else:
            service.change_active(session, user, True)
    request.state, request.settled_by, request.settled_at = AGREED, by, now()
    _audit(session, action, request)
    return request
