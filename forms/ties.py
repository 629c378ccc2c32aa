"""What staff write down of their own, and what a lead finds of a possible match."""

from __future__ import annotations

from wtforms.validators import ValidationError

from .base import CaseForm
from .fields import AddressLine, Choice, Line, Note, Postcode, needed


class TieForm(CaseForm):
    kind = Choice(
        "What is it?",
        [
            ("former_name", "A name that I had before"),
            ("home", "Where I live, or lived"),
            ("relation", "Somebody whom I am or was close to", "A relative, a partner or former partner, a friend."),
        ],
        checks=[needed("Choose what it is.")],
    )
    name = Line("The name", "First name and last name. Of a home leave it empty.")
    address = AddressLine("The address", "Of a home alone: number and street.")
    postcode = Postcode("Postcode", "Of a home alone.", width="govuk-input--width-10")

    def validate_name(self, field: Line) -> None:
        if self.kind.data in ("former_name", "relation") and not field.data:
            raise ValidationError("Enter the first name and the last name.")

    def validate_postcode(self, field: Postcode) -> None:
        if self.kind.data == "home" and not field.data:
            raise ValidationError("Enter the postcode.")


class SettleMatchForm(CaseForm):
    verdict = Choice(
        "What did you find?",
        [
            (
                "kept_out",
                "They are of this household, or close to it",
                "The case is kept from them by name, whatever their role.",
            ),
            ("let_in", "They are somebody else", "Their role, and whose case it is, decide again whether they see it."),
        ],
        checks=[needed("Choose what you found.")],
    )
    reason = Note(
        "How do you know?",
        "Whom you asked. Ask the family through a safe way, and not the person.",
        [needed("Write how you know.")],
    )
