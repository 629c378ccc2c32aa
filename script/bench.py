"""Measures the service as it runs: medians and percentiles from one run, with a named baseline for each."""

from __future__ import annotations

import http.client
import io
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import bench_audit
import bench_baseline
import bench_commands
import bench_directory
import bench_judgement
import bench_places
import bench_sign_in
from bench_figures import say

REQUESTS, CONCURRENCY = 400, 8


def median_us(work: Callable[[], object], seconds: float = 1.5) -> float:
    """Median microseconds of one call, over as many as fit."""
    work()
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        started = time.perf_counter_ns()
        work()
        taken.append((time.perf_counter_ns() - started) / 1000)
    return statistics.median(taken)


class Browser:
    """One signed-in connection, kept open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @cookie.setter
    def cookie(self, written: str) -> None:
        self.cookies = dict(one.split("=", 1) for one in written.split("; ") if one)

    def get(self, path: str) -> tuple[int, str]:
        self.connection.request("GET", path, headers={"Cookie": self.cookie})
        return self.read()

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", path, urllib.parse.urlencode(fields), headers)
        return self.read()

    def read(self) -> tuple[int, str]:
        answer = self.connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, value = header.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, body


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def list_of_cases(browser: Browser) -> str:
    """The page of the list of cases: of a tree of before there was a page of one’s work it is the first page."""
    status, page = browser.get("/cases")
    return page if status == 200 else browser.get("/")[1]


def signed_in(port: int, password: str) -> Browser:
    browser = Browser(port)
    _, page = browser.get("/sign-in")
    status, _ = browser.post(
        "/sign-in", {"csrf_token": token(page), "email": "officer@demo.example", "password": password}
    )
    assert status == 302, status
    return browser


def load(port: int, cookie: str, path: str, requests: int = REQUESTS) -> tuple[float, float, float]:
    """p50 and p95 in milliseconds, and requests a second, at a concurrency of eight."""
    taken: list[float] = []
    lock = threading.Lock()

    def run() -> None:
        browser = Browser(port)
        browser.cookie = cookie
        for _ in range(requests // CONCURRENCY):
            started = time.perf_counter()
            status, _ = browser.get(path)
            spent = time.perf_counter() - started
            assert status == 200, status
            with lock:
                taken.append(spent * 1000)

    for warm in range(2):
        taken.clear()
        threads = [threading.Thread(target=run) for _ in range(CONCURRENCY)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = time.perf_counter() - started
        if warm:
            break
    taken.sort()
    return statistics.median(taken), taken[int(len(taken) * 0.95)], len(taken) / whole


def served(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CBC_")}
    environment["CBC_PROXIES"] = "1"  # so that strangers can come from addresses of their own
    command = [str(ROOT / "script/server"), "--demo", "--port", str(port), "--data", str(folder)]
    for start in ("first", "second"):
        out = folder / f"said-{start}.txt"
        with open(out, "w", encoding="utf-8") as stream:
            started = time.perf_counter()
            process = subprocess.Popen(command, stdout=stream, stderr=stream, env=environment, start_new_session=True)
        while "is ready" not in out.read_text(encoding="utf-8"):
            assert process.poll() is None, out.read_text(encoding="utf-8")
            time.sleep(0.02)
        taken = time.perf_counter() - started
        say(
            f"script/server: ready, {start} start",
            f"{taken:.1f} s",
            "packages and postcodes already there",
            name=f"server_ready_{start}_start", figure=taken, unit="s",
        )  # fmt: skip
        if start == "first":
            process.send_signal(signal.SIGTERM)
            stopping = time.perf_counter()
            process.wait(20)
            taken = time.perf_counter() - stopping
            say("script/server: stopped after TERM", f"{taken:.1f} s", "promised: 10 s", name="server_stopped", figure=taken, unit="s", baseline=10)  # fmt: skip
    try:
        browser = signed_in(port, (folder / "demo-password.txt").read_text(encoding="ascii"))
        case = re.search(r'href="(/cases/[0-9a-f]{32})">DEMO-H1', list_of_cases(browser))
        assert case
        _, page = browser.get(case[1])
        assessment = re.search(r'href="(/cases/[0-9a-f]+/assessments/[0-9a-f]+)"', page)
        assert assessment
        base_50, base_95, base_rate = load(port, browser.cookie, "/healthz")
        say(
            "bare route (/healthz), 8 at once",
            f"p50 {base_50:.1f} ms, p95 {base_95:.1f} ms",
            f"{base_rate:.0f} a second",
            name="page_bare_route_p50", figure=base_50, unit="ms",
        )  # fmt: skip
        for name, page, path in (
            ("result page of H1", "result", "/result"), ("task list of H1", "task_list", ""),
            ("question page", "question", "/questions/CS15/unit"), ("placement form, 40 controls", "placement", "/placement"),
        ):  # fmt: skip
            p50, p95, rate = load(port, browser.cookie, assessment[1] + path)
            say(
                f"{name}, 8 at once",
                f"p50 {p50:.1f} ms, p95 {p95:.1f} ms",
                f"{rate:.0f} a second; {p50 / base_50:.1f} x the bare route",
                name=f"page_{page}_p50", figure=p50, unit="ms", baseline=base_50,
            )  # fmt: skip
        memory()
        bench_sign_in.under_load(say, port, browser.cookie, assessment[1])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def memory() -> None:
    """Resident and proportional memory of each long process; of those of a kind, the largest is kept."""
    found = []
    for pid in (p.name for p in Path("/proc").iterdir() if p.name.isdigit()):
        try:
            line = (Path("/proc") / pid / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            rollup = (Path("/proc") / pid / "smaps_rollup").read_text()
            parent = int((Path("/proc") / pid / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if str(ROOT) not in line or ("gunicorn" not in line and "worker" not in line):
            continue
        figures = {k: int(v) for k, v in re.findall(r"^(Rss|Pss):\s+(\d+)", rollup, re.M)}
        try:
            above = (Path("/proc") / str(parent) / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            above = ""
        kind = "job worker" if "gunicorn" not in line else "web worker" if "gunicorn" in above else "web master"
        found.append((figures["Rss"] / 1024, figures["Pss"] / 1024, kind))
    for resident, divided, kind in sorted(found):
        say(
            f"memory: {kind}",
            f"{resident:.0f} MB resident",
            f"{divided:.0f} MB with shared pages divided",
            name=f"memory_{kind.replace(' ', '_')}", figure=resident, unit="MB resident",
        )  # fmt: skip


def records(folder: Path) -> None:
    """The PDF of H1, rendered warm from its frozen record; the record is made in a copy of the instance."""
    from sqlalchemy import select

    from app import create_app
    from app.accounts.models import User
    from app.assessments import service as assessments
    from app.assessments.models import Assessment
    from app.cases.household import household_of
    from app.cases.models import Case
    from app.decisions import service as decisions
    from app.extensions import db
    from app.records.models import Record
    from app.records.process import render as render_in_child
    from app.settings import load_settings

    app = create_app(load_settings(folder))
    with app.app_context():
        case = db.session.scalars(select(Case).where(Case.reference == "DEMO-H1")).one()
        assessment = db.session.scalars(select(Assessment).where(Assessment.case_id == case.id)).unique().one()
        people = {u.role: u for u in db.session.scalars(select(User))}
        reasons = {c.key: f"What this place means for {c.name}, in words." for c in household_of(case).children()}
        assessments.submit(people["housing_officer"], assessment.id, case.version, reasons, "", "")
        made = decisions.decide(
            people["safeguarding_lead"],
            assessment.id,
            case.version,
            "approve",
            "Read and agreed, for these reasons.",
            [],
        )
        body = db.session.get_one(Record, made.record_id).body

    from pyhanko.pdf_utils.reader import PdfFileReader
    from weasyprint import HTML

    from app.records.pdf import render

    rows = "".join(
        f"<tr><td>{n}</td><td>A question that was asked</td><td>An answer that was given</td></tr>" for n in range(100)
    )
    base = median_us(lambda: HTML(string=f"<html lang=en><title>x</title><table>{rows}</table>").write_pdf(), 4)
    render(body)
    ours = median_us(lambda: render(body), 8)
    pages = int(PdfFileReader(io.BytesIO(render(body))).root["/Pages"]["/Count"])
    say(
        "PDF of H1, warm, in process",
        f"{ours / 1000:.0f} ms, {pages} pages",
        f"{pages / (ours / 1e6):.1f} pages a second; {ours / base:.1f} x a plain table of 100 rows ({base / 1000:.0f} ms)",
        name="pdf_h1_warm", figure=ours / 1000, unit="ms", baseline=base / 1000,
    )  # fmt: skip
    child = median_us(lambda: render_in_child(body), 8)
    say(
        "PDF of H1, warm, in a limited child",
        f"{child / 1000:.0f} ms",
        f"{child / ours:.2f} x in process",
        name="pdf_h1_in_a_child", figure=child / 1000, unit="ms", baseline=ours / 1000,
    )  # fmt: skip


def main() -> None:
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; medians of one run\n")
    if "--baseline" in sys.argv[1:]:
        bench_baseline.compared()
        return
    if "--officer" in sys.argv[1:]:
        import bench_officer  # it needs what only the tests install

        bench_officer.compared()
        return
    if "--documents" in sys.argv[1:]:
        import bench_documents  # it imports this

        bench_documents.compared()
        return
    if "--tests" in sys.argv[1:]:
        import bench_tests  # it needs what only the tests install

        bench_tests.compared()
        return
    if "--search" in sys.argv[1:]:
        import bench_search  # it needs a PostgreSQL of the tests

        bench_search.search()
        return
    if "--grown" in sys.argv[1:]:
        import bench_grown  # it imports this
        import bench_machines  # likewise

        bench_grown.compared(large=50_000 if "--ten-times" in sys.argv[1:] else bench_grown.LARGE)
        bench_machines.compared(20_000 if "--ten-times" in sys.argv[1:] else bench_machines.HOUSEHOLDS)
        return
    if "--machines" in sys.argv[1:]:
        import bench_machines  # it needs what only the tests install

        bench_machines.compared(20_000 if "--ten-times" in sys.argv[1:] else bench_machines.HOUSEHOLDS)
        return
    if "--backups" in sys.argv[1:]:
        import bench_backups  # it needs what only the tests install

        bench_backups.compared(households=20_000 if "--ten-times" in sys.argv[1:] else bench_backups.HOUSEHOLDS)
        return
    if "--sheet" in sys.argv[1:]:
        import bench_sheet  # it imports this

        bench_sheet.compared()
        return
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as made:
        folder = Path(made)
        if "--commands" in sys.argv[1:]:
            bench_commands.commands(say)
            return
        if "--pages" in sys.argv[1:]:
            served(folder)
            return
        if "--places" not in sys.argv[1:]:
            bench_judgement.judgement(say, median_us, "--deep" in sys.argv[1:])
        if "--judgement" in sys.argv[1:]:
            return
        if "--places" not in sys.argv[1:]:
            bench_commands.commands(say)
        bench_places.places(say)
        bench_directory.directory()
        if "--places" in sys.argv[1:]:
            return
        bench_audit.audited(say)
        served(folder)
        records(folder)


if __name__ == "__main__":
    main()
