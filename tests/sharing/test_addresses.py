"""Addresses: the form and the mail library agree, to the letter; and what a mail says of itself."""

from __future__ import annotations

import smtplib
import socket
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from app.notifications import mail, messages
from app.sharing import service
from app.sharing.models import Share
from forms.addresses import address_problem
from tests.conftest import Instance


@pytest.mark.parametrize(
    "address",
    ["hanna@health.example", "siobhan.o'neill@health.example", "a+b@x.example", "A.B-c_d@Sub.Health.example", "x@a-b.example", "1@2.example"],
)  # fmt: skip
def test_an_address_is_taken(address: str) -> None:
    assert address_problem(address) == ""


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("siobhan.o’neill@health.example", "curly apostrophe"), ("hanna(hv)@health.example", "like name@"),
        ("mailto:hanna@health.example", "like name@"), ("dr:hanna@health.example", "like name@"), ("[hanna]@health.example", "like name@"),
        ("a..b@health.example", "like name@"), (".name@health.example", "like name@"), ("name.@health.example", "like name@"),
        ("josé@health.example", "like name@"), ("x@-health.example", "like name@"), ("x@health-.example", "like name@"), ("x@health..example", "like name@"),
        ('"a b"@health.example', "like name@"), ("Hanna <hanna@health.example>", "like name@"), ("a@b", "like name@"), ("a@b.example, c@d.example", "like name@"),
        ("x" * 65 + "@health.example", "like name@"), ("a@" + "b" * 64 + ".example", "like name@"), ("a@" + "b." * 130 + "example", "like name@"),
    ],
)  # fmt: skip
def test_what_reaches_nobody_or_somebody_else_is_explained(address: str, says: str) -> None:
    assert says in address_problem(address)


class Postbox:
    def __init__(self) -> None:
        self.to: list[str] = []

    async def handle_RCPT(  # noqa: N802 (the name the server looks for)
        self, server: object, session: object, envelope: object, address: str, options: object
    ) -> str:
        self.to.append(address)
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"


@pytest.mark.parametrize("address", ["siobhan.o'neill@health.example", "a+b@x.example", "A.B-c_d@Sub.Health.example"])
def test_the_server_is_told_the_address_that_was_typed(address: str) -> None:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        message = EmailMessage()
        message["From"], message["To"] = "us@council.example", address
        message.set_content("x")
        with smtplib.SMTP("127.0.0.1", controller.server.sockets[0].getsockname()[1]) as server:  # type: ignore[union-attr]
            server.send_message(message)
    finally:
        controller.stop()
    assert box.to == [address]


@pytest.mark.parametrize("telephone", ["", "0121 496 0000"])
def test_the_mail_says_which_council_which_team_and_whom_to_ring(instance: Instance, telephone: str) -> None:
    settings = instance.settings.model_copy(
        update={"team_name": "Tŷ Housing Team", "council_name": "Bath & North Council", "team_telephone": telephone}
    )
    _, record_id = instance.decided("h2")
    with instance.app.app_context():
        made, _ = service.share(
            instance.user("housing_officer"), record_id, None, "Hester Visitor", "health visitor", "hester@nhs.example", "To lead."
        )  # fmt: skip
        message = messages.shared(settings, made.recipient_email, made.id, "x" * 43, made.expires_at)
    words = message.get_content()
    assert "Tŷ Housing Team" in words
    assert "Bath & North Council" in words
    assert (telephone or "on the number you know") in words
    assert f"{settings.base_url}/shared/{'x' * 43}" in words
    assert not any(name in words for name in ("Hester", "Wójcik", "Łucja", "B14"))
    assert mail.letter(settings, "a@b.example", "m", "s", "محمد").get_content().startswith("\u2068محمد\u2069")
    assert isinstance(made, Share)
