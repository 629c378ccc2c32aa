"""What each action in the life of a case is called on a timeline; the rest of ``service.ACTIONS``."""

from __future__ import annotations

OF_LIVES = {
    "life.born": "Birth of a child written down",
    "life.left": "Leaving a placement written down",
    "life.closed": "Case closed, with why each thing that is open may rest",
    "life.reopened": "Case opened again, with a reason",
    "life.way": "How the family may be reached, or not, written down",
    "life.warning": "Warning written down, with the day on which it is looked at again",
    "life.warning_reviewed": "Warning looked at again",
    "life.views": "A child’s views, or why they were not sought, written down",
    "life.parted": "People who belong to the household no more written down",
    "life.came": "Case made for people who left another household, or people of another case taken in",
    "life.family": "Household became one with a child, or a pregnancy, while it was placed",
    "share.parted": "Link ended, because some of the household left it",
    "share.page_read": "Reader opened the page of a link whose document is not shown any more",
    "share.kept": "Link kept open after some of the household left it, with a reason, and without its document",
    "clock.extended": "More time for a date, given in writing, written down",
    "life.corrected": "What was written down of the life of the case corrected",
}
