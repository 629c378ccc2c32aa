"""What each action with a backup is called; the rest of ``service.ACTIONS``. They are of no case."""

from __future__ import annotations

OF_BACKUPS = {
    "backup.made": "Backup made",
    "backup.restored": "Installation restored from a backup",
}
