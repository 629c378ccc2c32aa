"""What each action about accounts and signing in is called; the rest of ``service.ACTIONS``."""

from __future__ import annotations

OF_ACCOUNTS = {
    "account.signed_in": "Signed in",
    "account.confirmed": "Said again that it is them",
    "account.created": "Account made",
    "account.link_made": "One-time link made",  # of the first version, which showed it to the administrator
    "account.link_asked": "One-time link asked for",
    "account.link_sent": "One-time link sent to its owner by mail",
    "account.link_made_on_server": "One-time link made on the server",
    "account.change_asked": "Change of an account asked for; another administrator must agree",
    "account.change_agreed": "Change of an account agreed to by another administrator",
    "account.change_agreed_on_server": "Change of an account agreed to on the server",
    "account.change_refused": "Change of an account refused or taken back",
    "account.password_set": "Password set",
    "account.password_changed": "Own password changed",
    "account.session_ended": "Own session ended from another one",
    "account.second_set": "Second step for signing in set up",
    "account.second_removed": "Second step for signing in taken away by its owner",
    "account.second_reset": "All second steps of an account taken away, agreed to by a second person",
    "account.second_refused": "Signing in ended after wrong codes",
    "account.recovery_codes_made": "Recovery codes made",
    "account.recovery_code_used": "Recovery code used",
    "account.role_changed": "Role of an account changed",
    "account.joined_council": "Account joined with the council’s own sign-in",
    "account.created_by_council": "Account made at the first sign-in by the council’s own",
    "account.enabled": "Account enabled",
    "account.disabled": "Account disabled",
}
