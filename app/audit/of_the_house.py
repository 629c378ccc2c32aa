"""What each action on the whole, and of no case, is called: counts of the stock, backups; the rest of ``service.ACTIONS``."""

from __future__ import annotations

OF_THE_HOUSE = {
    "stock.viewed": "Counts of the stock looked at",
    "stock.exported": "Counts of the stock taken as a file",
    "stock.listed": "Cases behind a count of the stock looked at",
    "backup.made": "Backup made",
    "backup.restored": "Installation restored from a backup",
    "installation.moved": "Moved from SQLite to PostgreSQL",
}
