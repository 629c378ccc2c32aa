"""The timeline, the auditor's page, whom a case is kept from and the check of a document: looked at wide and narrow, and by axe."""

from __future__ import annotations
