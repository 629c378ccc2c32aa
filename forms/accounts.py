"""Signing in, setting a password, making an account."""

from __future__ import annotations

from app.accounts.policy import ROLES

from .base import CaseForm
from .fields import Choice, Email, Hidden, Line, Secret, needed


class OwnEmail(Email):
    """Of whoever sits here: their browser may know it."""

    autocomplete = "username"


class SignInForm(CaseForm):
    email = OwnEmail("E-mail address", checks=[needed("Enter your e-mail address.")])
    password = Secret("Password", checks=[needed("Enter your password.")])
    next = Hidden("Next")
    carried = Hidden("Carried")


class ConfirmForm(CaseForm):
    password = Secret("Password", checks=[needed("Enter your password.")])
    next = Hidden("Next")
    carried = Hidden("Carried")


class PasswordForm(CaseForm):
    password = Secret(
        "New password",
        "At least 15 characters. Three or four unrelated words are good.",
        [needed("Enter a new password.")],
        autocomplete="new-password",
    )
    again = Secret(
        "The same password again", checks=[needed("Enter the new password again.")], autocomplete="new-password"
    )


class AccountForm(CaseForm):
    name = Line("Name", checks=[needed("Enter the person’s name.")])
    email = Email("E-mail address", checks=[needed("Enter an e-mail address.")])
    role = Choice("Role", ROLES.items(), checks=[needed("Choose a role.")])


class EmptyForm(CaseForm):
    """A button that changes something."""

    version = Hidden("Version")
