"""For maintainers: the fonts of scripts that Inter and DejaVu lack, from published packages into app/records/scripts.

    python script/fonts/make.py NODE_MODULES FONTS_NOTO_CJK.deb

What it makes is committed. Fonts of one script each are copied as published; Noto Sans CJK is cut into pieces of a few hundred
Chinese characters, so that a name costs the piece it needs and not ten megabytes. ``index.json`` says of each file its hash and
what it draws that no other does.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.woff2 import WOFF2FlavorData

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "app" / "records" / "scripts"
BASE = ROOT / "app" / "static" / "fonts"
PIECE = 512
DEBIAN_SHA256 = (
    "4a2515eb6db3978b897fef9709ed0d2b1f4c6c4df4d83d6c4ef65f71f1b1f502"  # fonts-noto-cjk 1:20220127+repack1-1
)
SIMPLIFIED_CHINESE = (
    2  # of the five faces: no record says which language a name is in, and most such names here are Chinese
)
HAN = [  # radicals, kana and signs; the unified ideographs; compatibility forms; wide forms; the second plane
    *(range(0x2E80, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0xFE30, 0xFE50)),
    *(range(0xFF00, 0xFFF0), range(0x20000, 0x30000)),
]
_OTHER = re.compile(
    r"-(latin|latin-ext|cyrillic|cyrillic-ext|greek|greek-ext|vietnamese|math|symbols|\d+|\[\d+\])-(400|700)-"
)


def main(modules: Path, debian: Path) -> None:
    drawn = set.intersection(*(weight_of(BASE, weight) for weight in (400, 700)))
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir()
    index: dict[str, dict[str, object]] = {}
    for package in sorted((modules / "@fontsource").iterdir()):
        for source in sorted(package.glob("files/*-400-normal.woff2")):
            if _OTHER.search(source.name):
                continue
            own = set(cmap(source)) - drawn
            family = source.name.removesuffix("-400-normal.woff2").removeprefix(f"{package.name}-")
            if not own or any(entry["family"] == family for entry in index.values()):
                continue
            drawn |= own
            for weight in (400, 700):
                there = package / "files" / source.name.replace("-400-", f"-{weight}-")
                if there.exists() and own <= set(cmap(there)):
                    (TARGET / f"{family}-{weight}.woff2").write_bytes(packed(TTFont(there, recalcTimestamp=False)))
                    index[f"{family}-{weight}.woff2"] = {"family": family, "weight": weight, "draws": ranges(own)}
    whole = unpacked(debian)
    wanted = sorted(
        code for code in set(cmap(whole, SIMPLIFIED_CHINESE)) - drawn if any(code in block for block in HAN)
    )
    for at in range(0, len(wanted), PIECE):
        piece = wanted[at : at + PIECE]
        family = f"han-{piece[0]:04x}"
        (TARGET / f"{family}-400.woff2").write_bytes(cut(whole, piece))
        index[f"{family}-400.woff2"] = {"family": family, "weight": 400, "draws": ranges(set(piece))}
    for name, entry in index.items():
        entry["sha256"] = hashlib.sha256((TARGET / name).read_bytes()).hexdigest()
    (TARGET / "Noto-LICENSE.txt").write_text(licence(modules), encoding="utf-8")
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(index[name])}" for name in sorted(index))
    (TARGET / "index.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def licence(modules: Path) -> str:
    """The one licence all of them are under, after whose each is."""
    texts = [file.read_text(encoding="utf-8") for file in sorted((modules / "@fontsource").glob("*/LICENSE"))]
    theirs = {text.splitlines()[0] for text in texts if "SIL OPEN FONT LICENSE" in text}
    whose = [*sorted(theirs), "Noto Sans CJK: Copyright 2014-2021 Adobe (http://www.adobe.com/)"]
    return "\n".join([*whose, *next(text for text in texts if "SIL OPEN FONT LICENSE" in text).splitlines()[1:]]) + "\n"


def weight_of(folder: Path, weight: int) -> set[int]:
    """What the fonts of every record draw in a weight."""
    found: set[int] = set()
    for file in folder.iterdir():
        bold = "700" in file.name or "Bold" in file.name
        if file.suffix in (".woff2", ".ttf") and bold == (weight == 700):
            found |= set(cmap(file))
    return found


def cmap(file: Path, number: int = -1) -> dict[int, str]:
    with TTFont(file, lazy=True, fontNumber=number) as font:
        return dict(font.getBestCmap())


def unpacked(debian: Path) -> Path:
    """The collection in Debian’s package, which must be the very file that is known."""
    found = hashlib.sha256(debian.read_bytes()).hexdigest()
    if found != DEBIAN_SHA256:
        raise SystemExit(f"{debian.name} is not the package that is known: its SHA-256 is {found}.")
    folder = Path(tempfile.mkdtemp(prefix="noto-cjk-"))
    subprocess.run(["dpkg-deb", "-x", str(debian), str(folder)], check=True)
    return folder / "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def cut(whole: Path, piece: list[int]) -> bytes:
    """Some characters of the collection as WOFF2; names stand in lines, so nothing of columns. The same bytes each time."""
    with TTFont(whole, lazy=True, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False) as font:
        options = Options(layout_features=[], hinting=False, desubroutinize=True, notdef_outline=True)
        options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
        subset = Subsetter(options)
        subset.populate(unicodes=[0x20, *piece])  # a space is drawn with the font of the letter before it
        subset.subset(font)
        return packed(font)


def packed(font: TTFont) -> bytes:
    """A font as WOFF2 with its shapes as they are: to unpack the shapes of a transformed one takes Python seconds, not milliseconds."""
    font.flavor, font.flavorData = "woff2", WOFF2FlavorData(transformedTables=[])
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def ranges(codes: set[int]) -> str:
    """Characters as “980-983 985”, in hexadecimal."""
    found: list[list[int]] = []
    for code in sorted(codes):
        if found and code == found[-1][1] + 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return " ".join(f"{low:x}" if low == high else f"{low:x}-{high:x}" for low, high in found)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
