"""What a browser calls itself, in two words of ours: so that somebody knows their own session again. Nothing else of it is kept."""

from __future__ import annotations

# The first that is found counts: those that also call themselves by another's name stand before it.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Mac OS X", "a Mac"),
    ("CrOS", "a Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def label(user_agent: str) -> str:
    """Like *Firefox on Windows*; what is not known is said to be."""
    browser = next((word for sign, word in _BROWSERS if sign in user_agent), "A browser")
    system = next((word for sign, word in _SYSTEMS if sign in user_agent), "a device we do not know")
    return f"{browser} on {system}"
