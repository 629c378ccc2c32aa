"""Files that come from outside: opened with limits, read as text in the encoding they are in, columns found by name."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple, cast

LARGEST_FILE = 2_500_000_000  # bytes, unpacked; the largest postcode directory has 1.4 GB
LARGEST_RATIO = 150  # unpacked to packed; text packs to a tenth
MOST_MEMBERS = 3000
LONGEST_LINE = 1_000_000
_CHUNK = 1 << 20


class FileProblem(ValueError):
    """A file cannot be used, in a sentence an administrator understands. Nothing of it was loaded."""


class RowProblem(NamedTuple):
    """A row that was left out, or a doubt about it. ``line`` counts from 1, as an editor shows it."""

    line: int
    sentence: str


class Problems(list[RowProblem]):
    """Rows to look at of one file, and the words of it that no vocabulary has: how many rows, by vocabulary and word."""

    MOST_WORDS, LONGEST_WORD = 500, 80
    REST = "(other words)"

    def __init__(self, rows: Iterable[RowProblem] = ()) -> None:
        super().__init__(rows)
        self.unmatched: Counter[tuple[str, str]] = Counter()

    def unknown(self, table: str, word: str) -> None:
        """Count a row with a word that is in no table; a file of nothing but such words is counted in one line."""
        key = (table, word[: self.LONGEST_WORD])
        self.unmatched[
            key if key in self.unmatched or len(self.unmatched) < self.MOST_WORDS else (table, self.REST)
        ] += 1


class _Counted(io.RawIOBase):
    """A stream that refuses to give more than it said, or more than is sensible."""

    def __init__(self, inside: IO[bytes], most: int, name: str, packed: zipfile.ZipFile | None = None) -> None:
        self._inside, self._left, self._name, self._packed = inside, most, name, packed

    def close(self) -> None:
        if not self.closed:
            self._inside.close()
            if self._packed is not None:
                self._packed.close()
        super().close()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            found = self._inside.read(min(len(view), _CHUNK))
        except (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, OSError) as error:
            raise FileProblem(f"{self._name} cannot be unpacked: it is cut off or damaged.") from error
        self._left -= len(found)
        if self._left < 0:
            raise FileProblem(f"{self._name} unpacks to more than is allowed. It is refused.")
        view[: len(found)] = found
        return len(found)


def digest(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        FileProblem: it is not there, or is no file.
    """
    if not path.is_file():
        raise FileProblem(f"{path.name or path} is not there.")
    found = hashlib.sha256()
    with open(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def members(path: Path, largest: int = LARGEST_FILE) -> list[str]:
    """Names of what is inside: of a zip its files, of any other file its own name.

    Raises:
        FileProblem: not there, too large, cut off, packed beyond reason, locked, or with names that lead outside.
    """
    if not path.is_file():
        raise FileProblem(f"{path.name} is not there.")
    size = path.stat().st_size
    if size == 0:
        raise FileProblem(f"{path.name} is empty.")
    if size > largest:
        raise FileProblem(f"{path.name} has {size / 1e9:.1f} GB, more than any file of this kind. It is refused.")
    if not _is_zip(path):
        return [path.name]
    with _zip(path) as packed:
        listed = packed.infolist()
        if len(listed) > MOST_MEMBERS:
            raise FileProblem(f"{path.name} holds {len(listed):,} files, more than any of this kind. It is refused.")
        for item in listed:
            if item.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", item.filename):
                raise FileProblem(f"{path.name} holds a name that leads outside the folder. It is refused.")
            if item.flag_bits & 1:
                raise FileProblem(f"{path.name} is locked with a password.")
            if item.file_size > max(_CHUNK, LARGEST_RATIO * max(item.compress_size, 1)):
                raise FileProblem(
                    f"{item.filename} in {path.name} unpacks to {item.file_size // max(item.compress_size, 1):,} times its size. It is refused."
                )
        if sum(item.file_size for item in listed) > largest:
            raise FileProblem(f"{path.name} unpacks to more than is allowed. It is refused.")
        return [item.filename for item in listed if not item.is_dir()]


def read_bytes(path: Path, member: str = "", largest: int = LARGEST_FILE) -> bytes:
    """A whole file, or a whole member of a zip, unpacked.

    Raises:
        FileProblem: it cannot be read within the limits.
    """
    with io.BufferedReader(_raw(path, member, largest), _CHUNK) as stream:
        return stream.read()


def _raw(path: Path, member: str, largest: int) -> _Counted:
    name = member or path.name
    packed: zipfile.ZipFile | None = None
    if _is_zip(path):
        packed = _zip(path)
        try:
            stream: IO[bytes] = packed.open(member)
        except KeyError:
            packed.close()
            raise FileProblem(f"{path.name} holds no {member}.") from None
    elif path.suffix == ".gz":
        stream = cast(IO[bytes], gzip.open(path, "rb"))  # noqa: SIM115
        # A file that unpacks beyond reason is stopped while it does, not once it has.
        largest = min(largest, max(_CHUNK, LARGEST_RATIO * path.stat().st_size))
    else:
        stream = path.open("rb")
    return _Counted(stream, largest, name, packed)


def text_of(path: Path, member: str = "", largest: int = LARGEST_FILE) -> tuple[IO[str], str]:
    """A text stream and the encoding it was found to be in: utf-8, or Windows-1252 where it is not that.

    Raises:
        FileProblem: it says that it is UTF-8 and is not, or it cannot be read.
    """
    encoding = "utf-8"
    declared = False
    line = 1
    checker = codecs.getincrementaldecoder("utf-8-sig")(errors="strict")
    with io.BufferedReader(_raw(path, member, largest), _CHUNK) as stream:
        first = True
        while chunk := stream.read(_CHUNK):
            if first:
                declared, first = chunk.startswith(b"\xef\xbb\xbf"), False
                if b"\0" in chunk[:4096]:
                    raise FileProblem(f"{member or path.name} is not text. Is it a spreadsheet? Save it as CSV.")
            if encoding == "utf-8":
                try:
                    checker.decode(chunk)
                except UnicodeDecodeError as error:
                    line += chunk[: error.start].count(b"\n")
                    if declared:
                        raise FileProblem(
                            f"{member or path.name} says that it is UTF-8 and is not: about line {line}. Save it again as UTF-8."
                        ) from None
                    encoding = "cp1252"
                    break
            line += chunk.count(b"\n")
    reader = io.BufferedReader(_raw(path, member, largest), _CHUNK)
    name = "utf-8-sig" if encoding == "utf-8" else "cp1252"
    return io.TextIOWrapper(reader, encoding=name, errors="replace", newline=""), encoding


def rows_of(stream: IO[str], name: str) -> Iterator[tuple[int, list[str]]]:
    """Lines of a CSV with their number; the last line of a row that spans several.

    Raises:
        FileProblem: it is not a CSV from some line on.
    """
    reader = csv.reader(_lines(stream, name))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileProblem(f"{name}, line {reader.line_num + 1}: this cannot be read as CSV ({error}).") from None
        yield reader.line_num, row


def _lines(stream: IO[str], name: str) -> Iterator[str]:
    """Lines, none longer than any table has: one line of gigabytes would be read whole."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise FileProblem(f"{name} has a line of more than {LONGEST_LINE:,} characters. It is not a table.")
        yield line


def columns(
    header: Sequence[str], wanted: Mapping[str, str], name: str, optional: Sequence[str] = ()
) -> dict[str, int]:
    """Where each wanted column is, found by a pattern on its name, case and surrounding space ignored.

    Args:
        wanted: our name to a regular expression of theirs.
    Raises:
        FileProblem: a column that is needed matches none or two; which were there is said.
    """
    names = [" ".join(cell.replace("\ufeff", "").split()).casefold() for cell in header]
    found = {}
    for ours, pattern in wanted.items():
        at = [place for place, theirs in enumerate(names) if re.fullmatch(pattern, theirs)]
        if len(at) == 1:
            found[ours] = at[0]
        elif at:
            raise FileProblem(
                f"{name}: two columns could be the {ours.replace('_', ' ')}: {' and '.join(header[i] for i in at)}. Keep one."
            )
        elif ours not in optional:
            raise FileProblem(
                f"{name}: no column for the {ours.replace('_', ' ')} was found. The columns are: {', '.join(header[:40])}."
            )
    return found


def _is_zip(path: Path) -> bool:
    with open(path, "rb") as stream:
        return stream.read(4)[:2] == b"PK"


def _zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileProblem(f"{path.name} is a zip that is cut off or damaged.") from error
