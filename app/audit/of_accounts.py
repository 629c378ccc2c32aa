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
    "account.enabled": "Account enabled",
    "account.disabled": "Account disabled",
}
