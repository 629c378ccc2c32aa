"""An audit of many entries, and every way to damage it that we thought of; each says at which entries it has to be found."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from app.audit import chain, verifying, writing
from app.database import now, writing_connection
from app.extensions import db

COLUMNS = ("actor_id", "actor_role", "action", "object_type", "object_id", "case_id", "request_id")


def filled(many: int, closed_every: int = 5) -> None:
    """So many entries of ten cases; every few say more, closed under the case's key."""
    start = now()
    rows: list[dict[str, Any]] = [
        {
            "at": start + timedelta(milliseconds=at), "actor_id": f"{at % 7:032x}", "actor_role": "housing_officer", "action": "case.viewed",
            "object_type": "case", "object_id": f"{at % 10:032x}", "case_id": f"{at % 10:032x}", "request_id": f"{at:016x}",
            "detail": {"fields": ["left_note"]} if closed_every and at % closed_every == 0 else {},
        }
        for at in range(many)
    ]  # fmt: skip
    with writing_connection() as connection:
        for first in range(0, many, 2000):
            writing.append(connection, rows[first : first + 2000])


def wrong(connection: Connection) -> set[int]:
    """At which entries something is found."""
    return {found.entry for found in verifying.verify(connection, verifying.Told())} - {0}  # 0: of no entry


@contextmanager
def in_hand() -> Iterator[Connection]:
    """A connection of somebody who has the database itself: nothing guards it. Nothing of what is done stays."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            named = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'")
            )
            for (name,) in named.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        connection.rollback()


def head_moved(connection: Connection) -> None:
    connection.execute(
        text(
            "UPDATE audit_head SET seq = (SELECT max(seq) FROM audit_event), hash = (SELECT hash FROM audit_event ORDER BY seq DESC LIMIT 1)"
        )
    )


def written_again(connection: Connection, first: int) -> None:
    """Somebody changes an entry and makes every hash from there on anew."""
    execute = connection.execute
    link = bytes(execute(text("SELECT hash FROM audit_event WHERE seq = :s"), {"s": first - 1}).scalar_one())
    for seq, stored in execute(
        text("SELECT seq, stored FROM audit_event WHERE seq >= :s ORDER BY seq"), {"s": first}
    ).all():
        said = bytes(stored)[chain.SAID :]
        if seq == first:
            said = said.replace(b'"role":"', b'"role":"x', 1)
            execute(text("UPDATE audit_event SET actor_role = 'x' || actor_role WHERE seq = :s"), {"s": seq})
        stored, link = chain.linked(seq, link, said)
        execute(
            text("UPDATE audit_event SET stored = :b, hash = :h WHERE seq = :s"), {"b": stored, "h": link, "s": seq}
        )
    head_moved(connection)


class Damage:
    """One at a time, each taken back; ``chance`` decides where."""

    def __init__(self, connection: Connection, chance: random.Random) -> None:
        self.connection, self.chance = connection, chance
        self.first, self.last = connection.execute(text("SELECT min(seq), max(seq) FROM audit_event")).one()
        self.closed = list(connection.scalars(text("SELECT seq FROM audit_event WHERE commitment IS NOT NULL")))

    def tried(self) -> tuple[str, set[int], set[int]]:
        """What was done, where it should be found, and where it was."""
        way = self.chance.choice(WAYS)
        point = self.connection.begin_nested()
        should = way(self)
        found = wrong(self.connection)
        point.rollback()
        return way.__name__, should, found

    def do(self, statement: str, **values: Any) -> None:
        self.connection.execute(text(statement), values)

    def one(self, seq: int) -> Any:
        return (
            self.connection.execute(text("SELECT * FROM audit_event WHERE seq = :seq"), {"seq": seq}).mappings().one()
        )

    def any(self, least: int = 1) -> int:
        """An entry of the chain behind its first ones."""
        return self.chance.randint(self.first + least, self.last)

    def flipped(self, held: bytes) -> bytes:
        at = self.chance.randrange(len(held) * 8)
        changed = bytearray(held)
        changed[at // 8] ^= 1 << at % 8
        return bytes(changed)


def a_bit_of_what_is_stored(d: Damage) -> set[int]:
    seq, column = d.any(0), d.chance.choice(("stored", "hash"))
    d.do(f"UPDATE audit_event SET {column} = :to WHERE seq = :seq", seq=seq, to=d.flipped(d.one(seq)[column]))
    return {seq}


def a_column(d: Damage) -> set[int]:
    seq, column = d.any(), d.chance.choice(COLUMNS)
    d.do(f"UPDATE audit_event SET {column} = {column} || 'x' WHERE seq = :seq", seq=seq)
    return {seq}


def when_it_was(d: Damage) -> set[int]:
    seq = d.any()
    other = d.any()
    if d.one(other)["at"] == d.one(seq)["at"]:
        other = d.first
    d.do(
        "UPDATE audit_event SET at = (SELECT o.at FROM audit_event o WHERE o.seq = :other) WHERE seq = :seq",
        seq=seq,
        other=other,
    )
    return {seq}


def one_gone(d: Damage) -> set[int]:
    seq = d.any()
    d.do("DELETE FROM audit_event WHERE seq = :seq", seq=seq)
    return {seq}


def several_gone(d: Damage) -> set[int]:
    seq = d.any()
    end = min(d.last, seq + d.chance.randint(1, 9))
    d.do("DELETE FROM audit_event WHERE seq BETWEEN :seq AND :end", seq=seq, end=end)
    return {seq}


def two_changed_places(d: Damage) -> set[int]:
    one, other = d.any(), d.any()
    if one != other:
        for old, new in ((one, -1), (other, one), (-1, other)):
            d.do("UPDATE audit_event SET seq = :new WHERE seq = :old", old=old, new=new)
        return {one, other}
    return set()


def a_copy_at_the_end(d: Damage) -> set[int]:
    columns = [name for name in d.one(d.last) if name not in ("seq", "spooled")]
    named = ", ".join(columns)
    d.do(
        f"INSERT INTO audit_event (seq, {named}) SELECT :new, {named} FROM audit_event WHERE seq = :old",
        new=d.last + 1,
        old=d.any(),
    )
    return {d.last + 1}


def one_written_again_with_its_hash(d: Damage) -> set[int]:
    seq = d.any()
    held = d.one(seq)["stored"]
    stored, link = chain.linked(seq, held[20:52], held[chain.SAID :].replace(b'"role":"', b'"role":"x', 1))
    d.do(
        "UPDATE audit_event SET stored = :stored, hash = :link, actor_role = 'x' || actor_role WHERE seq = :seq",
        seq=seq, stored=stored, link=link,
    )  # fmt: skip
    return {seq}


def one_without_its_link(d: Damage) -> set[int]:
    seq = d.any()
    d.do("UPDATE audit_event SET stored = NULL, hash = NULL WHERE seq = :seq", seq=seq)
    return {seq}


def a_part_of_its_link_gone(d: Damage) -> set[int]:
    seq, column = d.any(), d.chance.choice(("stored", "hash"))
    d.do(f"UPDATE audit_event SET {column} = NULL WHERE seq = :seq", seq=seq)
    return {seq}


def one_put_beside(d: Damage) -> set[int]:
    d.do(
        "INSERT INTO audit_event (seq, at, actor_id, actor_role, action, object_type, object_id, case_id, request_id, detail) "
        "SELECT :new, at, actor_id, actor_role, action, object_type, object_id, case_id, request_id, detail FROM audit_event WHERE seq = :old",
        new=d.last + 1, old=d.any(),
    )  # fmt: skip
    return {d.last + 1}


def what_was_closed(d: Damage) -> set[int]:
    seq = d.chance.choice(d.closed)
    named = d.one(seq)["commitment"]
    if d.chance.random() < 0.5:
        d.do("DELETE FROM audit_detail WHERE commitment = :named", named=named)
        return {seq}
    held = d.connection.execute(
        text("SELECT closed FROM audit_detail WHERE commitment = :named"), {"named": named}
    ).scalar_one()
    d.do("UPDATE audit_detail SET closed = :to WHERE commitment = :named", to=d.flipped(held), named=named)
    return {seq}


WAYS: tuple[Callable[[Damage], set[int]], ...] = (
    a_bit_of_what_is_stored, a_column, when_it_was, one_gone, several_gone, two_changed_places, a_copy_at_the_end,
    one_written_again_with_its_hash, one_without_its_link, a_part_of_its_link_gone, one_put_beside, what_was_closed,
)  # fmt: skip
