"""The fonts that records are drawn with: shipped files only, each under a private name, so that no other font is ever picked."""

from __future__ import annotations

from app.installation import ROOT

FONTS = ROOT / "app" / "static" / "fonts"
# Family, weight, file.
FACES = [
    ("DR", 400, "inter-latin-400-normal.woff2"),
    ("DR", 700, "inter-latin-700-normal.woff2"),
    ("DRX", 400, "inter-latin-ext-400-normal.woff2"),
    ("DRX", 700, "inter-latin-ext-700-normal.woff2"),
    ("DRC", 400, "inter-cyrillic-400-normal.woff2"),
    ("DRC", 700, "inter-cyrillic-700-normal.woff2"),
    ("DRF", 400, "DejaVuSans.ttf"),
    ("DRF", 700, "DejaVuSans-Bold.ttf"),
]


def missing() -> list[str]:
    """The files that are not there: no record can be drawn without them."""
    return sorted({name for _, _, name in FACES if not (FONTS / name).is_file()})
