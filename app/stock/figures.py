"""Every figure of the page, in its order. Another one is a line here, and a function with its tests."""

from __future__ import annotations

from . import asked, decided, families, register

FIGURES = {figure.key: figure for figure in (*families.FIGURES, *decided.FIGURES, *asked.FIGURES, *register.FIGURES)}
