"""The page of the stock: charts with their tables, each table as a file, and the cases behind each number."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_login import current_user

from app import clocks
from app.accounts.policy import permission
from app.audit import service as audit
from app.clocks import today
from app.direction import harmless
from app.web.page import Page

from . import service
from .hiding import LEAST
from .shown import Table

pages = Blueprint("stock", __name__)
_AFTER = re.compile(r"[0-9a-f]{32}|[1-9][0-9]{0,6}")
DAYS = ("A quarter within, days", "Half within, days", "Three quarters within, days")


@pages.get("/stock")
@permission("stock.view")
def stock() -> Page:
    """Every figure of the newest summary."""
    found = service.stock()
    audit.viewed("stock.viewed", "stock", "", "")
    return render_template(
        "stock/stock.html", stock=found, is_old=found.day is not None and found.day < today(), least=LEAST
    )


@pages.get("/stock/<key:figure>.csv")
@permission("stock.view")
def figure_table(figure: str) -> Response:
    """The table of a figure as a file: what the page shows of it, and nothing else."""
    found = service.figure_of(figure)
    if found is None:
        abort(404)
    day, shown = found
    audit.viewed("stock.exported", "stock", "", "", {"figure": figure})
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["Figure", "Day", "Table", "Row", shown.figure.counts.capitalize(), *DAYS])
    for table in shown.tables:
        write.writerows(map(harmless, _rows(table, [shown.figure.title, day.isoformat() if day else "", table.words])))
    write.writerow(harmless(["Not in these numbers", "", "", shown.figure.unknown]))
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="stock-{figure}-{day}.csv"'
    return answer


def _rows(table: Table, first: list[str]) -> list[list[Any]]:
    rows = [[*first, line.words, line.said, *(line.days or ())] for line in table.lines]
    return [*rows, [*first, "Total", table.total]] if table.total else rows


@pages.get("/stock/<key:figure>/<key:group>/<key:cell>")
@permission("stock.view")
def behind(figure: str, group: str, cell: str) -> Page:
    """The cases behind a number that is shown, of those this person may open."""
    found = service.figure_of(figure)
    number = service.number_of(found[1], group, cell) if found else None
    after = request.args.get("after", "")
    if found is None or number is None or (after and not _AFTER.fullmatch(after)):
        abort(404)
    day, shown = found
    listed = service.behind(current_user, shown.figure, group, cell, today(), after)
    audit.viewed("stock.listed", "stock", "", "", {"figure": figure, "group": group, "cell": cell})
    return render_template(
        "stock/behind.html",
        figure=shown.figure,
        table=number[0],
        line=number[1],
        behind=listed,
        day=clocks.in_words(day),
    )
