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


class Code(Line):
    """Figures that an app shows for half a minute, or a code on paper. A browser may fill it in, and keeps nothing of it."""

    autocomplete = "one-time-code"


_CODE_HINT = "The six figures that your app shows now, or one of your recovery codes."


class ConfirmForm(CaseForm):
    password = Secret("Password", checks=[needed("Enter your password.")])
    code = Code("Code", _CODE_HINT, [needed("Enter a code.")], width="govuk-input--width-20")
    next = Hidden("Next")
    carried = Hidden("Carried")


class SecondStepForm(CaseForm):
    code = Code("Code", _CODE_HINT, [needed("Enter a code.")], width="govuk-input--width-20")
    next = Hidden("Next")
    carried = Hidden("Carried")
    then = Hidden("Then")


class SetUpForm(CaseForm):
    code = Code(
        "Code",
        "The six figures that the app shows now.",
        [needed("Enter the code that your app shows.")],
        width="govuk-input--width-10",
    )
    closed = Hidden("Closed")
    next = Hidden("Next")
    carried = Hidden("Carried")
    then = Hidden("Then")


class OwnPasswordForm(CaseForm):
    old_password = Secret("The password that you have now", checks=[needed("Enter the password that you have now.")])
    password = Secret(
        "New password",
        "At least 15 characters. Three or four unrelated words are good.",
        [needed("Enter a new password.")],
        autocomplete="new-password",
    )
    again = Secret(
        "The same password again", checks=[needed("Enter the new password again.")], autocomplete="new-password"
    )


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


class PasskeyForm(CaseForm):
    name = Line("Your own word for it", "Where it lies: “work laptop”, “blue key”.", longest=60)
    credential = Hidden("Credential")


class RoleForm(CaseForm):
    role = Choice("New role", ROLES.items(), checks=[needed("Choose a role.")])


class EmptyForm(CaseForm):
    """A button that changes something."""

    version = Hidden("Version")
