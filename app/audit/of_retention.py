"""What each action about keeping, giving and destroying is called on a timeline; the rest of ``service.ACTIONS``."""

from __future__ import annotations

OF_RETENTION = {
    "hold.set": "Legal hold set: nothing of it is destroyed",
    "hold.lifted": "Legal hold lifted, with a reason",
    "complaint.written": "Complaint about personal data written down; it sets a legal hold",
    "disposal.proposed": "Destruction proposed: the time of the retention schedule is over",
    "disposal.agreed": "Destruction agreed to",
    "disposal.kept": "Destruction not agreed to: it is kept, with a reason",
    "case.destroyed": "Case destroyed: its rows and files are gone, and what its entries said more is closed for good",
    "certificate.downloaded": "Certificate of destruction downloaded",
    "keeping.viewed": "What is kept and destroyed looked at",
    "access.asked": "Request for what is held about somebody written down",
    "access.made": "What is held about somebody put together for them",
    "access.viewed": "What is put together for somebody looked at",
    "access.released": "What is put together for somebody released by a safeguarding lead",
    "access.downloaded": "What is put together for somebody downloaded",
}
