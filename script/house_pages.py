"""What the pages and PDFs of this tree are, on instances that earlier versions left: one JSON file, to hold two trees against each other.

    .venv/bin/python script/house_pages.py OUT.json

Every page of every stored case as each role that may open it (``tests/old/walk.py``), at a clock that stands still, and the text of each
record's unsealed PDF. What is new each time it is asked for (tokens, request numbers) is masked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import time_machine
from sqlalchemy import select

from app.extensions import db
from app.records import pdf
from app.records.models import Record
from tests.old.samples import brought_up_to_date, opened, samples
from tests.old.walk import READERS, pages

_MASKED = (
    re.compile(r'(name="(?:csrf_token|opening|carried)" value=")[^"]*'),
    re.compile(r"(Reference: |request )[0-9a-f]{16}"),
    re.compile(r"(/static/[^\"?]+\?v=)[0-9a-f]+"),
)


def masked(text: str) -> str:
    for pattern in _MASKED:
        text = pattern.sub(r"\1…", text)
    return text


def words_of(body: bytes, folder: Path) -> str:
    """The text of an unsealed PDF, as a reader's program takes it out."""
    file = folder / "unsealed.pdf"
    file.write_bytes(pdf.render(body))
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True)
    return done.stdout


def main() -> int:
    found: dict[str, str] = {}
    for sample in samples():
        with tempfile.TemporaryDirectory() as name, time_machine.travel(sample.at(0), tick=False):
            folder = Path(name) / "instance"
            sample.furnish(folder, "sqlite", ROOT / "build" / "gazetteer.sqlite")
            sample.restore_sqlite(folder)
            brought_up_to_date(sample, folder, "sqlite", "")
            with opened(sample, folder, "sqlite", "") as old:
                clients = {role: old.client(role) for role in READERS}
                listed = list(pages(old))
                for page in listed:
                    # What each look adds to the timeline would stand on the next one’s page.
                    for role in page.roles if "timeline" not in page.address else page.roles[:1]:
                        with clients[role].get(page.address) as answer:
                            text = (
                                answer.text
                                if "html" in answer.mimetype or "svg" in answer.mimetype
                                else answer.mimetype
                            )
                            found[f"{sample.version} {role} {page.address}"] = f"{answer.status_code}\n{masked(text)}"
                with old.app.app_context():
                    bodies = db.session.execute(select(Record.number, Record.body).order_by(Record.number)).all()
                for number, body in bodies:
                    raw = body if isinstance(body, bytes) else str(body).encode("utf-8")
                    found[f"{sample.version} PDF of {number}"] = words_of(raw, folder)
    Path(sys.argv[1]).write_text(json.dumps(found, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    print(f"{len(found):,} pages and PDFs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
