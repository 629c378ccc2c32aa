"""Where two live answers differ: said with what each source is, so that neither is overwritten. Source: P06, IS06."""

from __future__ import annotations

from collections.abc import Mapping

from app.suitability.casefile import wording
from app.suitability.casefile.answers import Answer
from app.suitability.checklist.criterion import Criterion


def difference(criterion: Criterion, answers: tuple[Answer, ...], words: Mapping[str, str]) -> str:
    """One sentence where standing answers to one question differ; empty where they do not.

    Minutes and days differ from source to source without contradiction; several options ticked differ only where one
    source ticks a worry and another says there is none.
    """
    known = [a for a in answers if not a.is_unknown]
    if len(known) < 2:
        return ""
    if criterion.answer == "choice" or (
        criterion.answer == "multiple" and all(isinstance(a.value, str) for a in known)
    ):
        told = {str(a.value) for a in known}
        # A worry that leaves its question open is answered by another worry, not contradicted by it.
        if criterion.leaves_open and all(
            criterion.options[v].means == "worrying" for v in told if v in criterion.options
        ):
            told = {v for v in told if v not in criterion.options or not criterion.options[v].leaves_open}
        differ = len(told) > 1
    elif criterion.answer == "multiple":
        clear = {_ticked(a) for a in known if _is_none(criterion, a)}
        differ = bool(clear) and len(clear) < len({_ticked(a) for a in known})
    elif criterion.answer == "counts":
        differ = any(
            len({a.value[name] for a in known if isinstance(a.value, dict) and name in a.value}) > 1
            for name in criterion.counts
        )
    else:
        return ""
    if not differ:
        return ""
    # The same words of the same kind of source are said once, however often they were entered.
    said = "; ".join(dict.fromkeys(f"{_who(criterion, a, words)}: {_what(criterion, a)}" for a in known))
    return words["saw_difference"].format(criterion=criterion.id, name=criterion.name, accounts=said)


def _ticked(a: Answer) -> tuple[str, ...]:
    """What was ticked; one option may be written without a list."""
    return a.value if isinstance(a.value, tuple) else (str(a.value),)


def _is_none(criterion: Criterion, a: Answer) -> bool:
    return all(v in criterion.options and criterion.options[v].means == "clear" for v in _ticked(a))


def _who(criterion: Criterion, a: Answer, words: Mapping[str, str]) -> str:
    """The kind of source, never a name: who saw an undeclared adult is shown to nobody by this tool."""
    source = "" if criterion.id == "CS21" else a.source.agency or a.source.role
    return words["saw_source"].format(source=source or "a source", **wording.grade_put_in(a.grade))


def _what(criterion: Criterion, a: Answer) -> str:
    if isinstance(a.value, dict):
        return ", ".join(
            f"{criterion.counts[name].label.lower()} {number}"
            for name, number in sorted(a.value.items())
            if name in criterion.counts
        )
    values = a.value if isinstance(a.value, tuple) else (a.value,)
    return "; ".join(criterion.said(str(v)) for v in values)
