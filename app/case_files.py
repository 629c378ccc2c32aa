"""Case files as a command is given them: read, or refused with what is wrong and whose they are."""

from __future__ import annotations

import click

from app.suitability.checklist.checklist import Checklist
from app.suitability.reading import case_file

_MOST_BYTES = 4 * case_file.LONGEST_FILE  # of one file: more than its longest text can take up


class Refused(ValueError):
    """A file that cannot be used: the household's reference where the file says it, and (path, sentence) a problem."""

    def __init__(self, reference: str | None, problems: list[tuple[str, str]]) -> None:
        self.reference, self.problems = reference, problems
        super().__init__("\n".join(f"{path}: {sentence}" for path, sentence in problems))


def read(path: str, checklist: Checklist) -> case_file.CaseFile:
    """Read a case file; "-" is standard input.

    Raises:
        Refused: it cannot be read, is not text, or is not a case file.
    """
    try:
        with click.open_file(path, "rb") as stream:
            given = stream.read(_MOST_BYTES + 1)
        if len(given) > _MOST_BYTES:
            raise Refused(None, [("(file)", case_file.TOO_LARGE)])
        text = given.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(None, [("(file)", why_unreadable(error))]) from None
    try:
        return case_file.parse(text, checklist)
    except case_file.CaseFileError as error:
        raise Refused(case_file.reference_in(text), error.problems) from None


def say_refused(path: str, refused: Refused) -> None:
    """Say what is wrong with a file on standard error, a line a problem."""
    for where, sentence in refused.problems:
        click.echo(f"{path}: {where}: {sentence}", err=True)


def why_unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Why a file gave no text, in a sentence."""
    return "This file cannot be read." if isinstance(error, OSError) else "This is not text in UTF-8."
