"""A national directory loaded from nothing into this tree's instance: the files of a folder, each kind in turn; seconds of the processor."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from sqlalchemy import delete, func, select

from app import create_app
from app.database import writing
from app.extensions import db
from app.places import loading
from app.places.models import DataLoad, ServicePlace
from app.settings import current_settings

with create_app().app_context():
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        files = json.loads(line)
        with writing() as session:
            session.execute(delete(ServicePlace))
            session.execute(delete(DataLoad))
        started = time.process_time()
        reports = [
            loading.run(current_settings(), k, Path(f), "bench", {"date": "2026-09-16"}) for k, f in files.items()
        ]
        taken = time.process_time() - started
        db.session.rollback()
        rows = db.session.scalar(select(func.count()).select_from(ServicePlace))
        assert all(r.state == "active" for r in reports), [r.why for r in reports]
        print(json.dumps({"figure": taken, "rows": rows, "problems": [len(r.problems) for r in reports]}), flush=True)
