"""What each action about the register of buildings and units is called on a timeline."""

from __future__ import annotations

OF_THE_REGISTER = {
    "property.listed": "Register of buildings and units looked through",
    "property.viewed": "Building or unit of the register looked at",
    "property.added": "Building or unit added to the register",
    "property.written": "What is known of a building or unit written down",
    "property.imported": "Units read into the register from a file",
    "import.listed": "Page for files of a housing system looked at",
    "import.looked": "File of a housing system looked at; nothing was loaded",
    "households.imported": "Families read in from a file, as cases",
    "property.alerted": "What was done about a building that several cases worry about written down",
    "register.linked": "Said which unit of the register the placement is of",
    "register.unlinked": "Taken back which unit of the register the placement is of",
    "register.answered": "Restriction of the register answered",
    "register.taken_up": "Unit of the register taken up",
    "register.longer": "Unit of the register booked for more nights",
    "register.left": "Unit of the register left",
}
