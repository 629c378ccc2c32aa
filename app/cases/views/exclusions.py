"""From whom a case is kept by name: the page of the safeguarding leads, who alone set and lift it."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.models import User
from app.accounts.policy import ROLES, permission
from app.audit import service as audit
from app.cases import exclusions, matches
from app.sharing import service as sharing
from app.web.page import Page, saved, shown
from forms.exclusions import KeepOutForm, LetInForm

pages = Blueprint("exclusions", __name__)


@pages.route("/cases/<id:case_id>/kept-from", methods=["GET", "POST"])
@permission("case.exclude")
def listed(case_id: str) -> Page:
    """Whom the case is kept from, why, by whom; how often they asked for it; and keeping it from somebody else."""
    form = KeepOutForm() if request.method == "POST" else KeepOutForm(data={"version": str(g.case.version)})
    form.person.items = [(u.id, _called(u), "") for u in exclusions.to_choose(current_user, case_id)]
    if request.method == "POST" and form.validate():
        typed = (form.person.data or "", form.reason.data or "")
        if saved(
            form,
            lambda seen_version: exclusions.keep_out(
                current_user, case_id, seen_version, *typed, then=sharing.end_links_to
            ),
            "Done: from now on this case does not exist for them. Whether it is allocated to them, look below.",
        ):
            return redirect(url_for("exclusions.listed", case_id=case_id))
    found = exclusions.of_case(case_id)
    return shown(
        "cases/kept_from.html", form, case=g.case, roles=ROLES,
        now=[k for k in found if k.row.lifted_at is None], before=[k for k in found if k.row.lifted_at is not None],
        asked=audit.denied(case_id, [k.person.id for k in found]), matches=matches.waiting(current_user, g.case),
    )  # fmt: skip


@pages.route("/cases/<id:case_id>/kept-from/<id:exclusion_id>/lift", methods=["GET", "POST"])
@permission("case.exclude")
def lift(case_id: str, exclusion_id: str) -> Page:
    """Keep the case from somebody no longer, with a reason."""
    found = exclusions.find(case_id, exclusion_id)
    if found is None:
        abort(404)
    form = LetInForm() if request.method == "POST" else LetInForm(data={"version": str(g.case.version)})
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen_version: exclusions.let_in(
                current_user, case_id, seen_version, exclusion_id, form.reason.data or ""
            ),
            "Lifted. Their role, and whom the case is allocated to, decide again whether they see it.",
        )
    ):
        return redirect(url_for("exclusions.listed", case_id=case_id))
    return shown("cases/let_in.html", form, case=g.case, row=found[0], name=found[1])


def _called(user: User) -> str:
    return f"{user.name}, {ROLES[user.role].lower()}, {user.email}{'' if user.active else ', disabled'}"
