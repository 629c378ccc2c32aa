"""What the code of earlier versions said, and the checklists have said themselves since version 2026.4.

A record is judged again on the files it was frozen with, for as long as it is kept. The files of versions 2026.1 to 2026.3 do
not say this, because it stood in the code of their day: without it those records would come out otherwise. So it is kept as it
was then. **Nothing here is edited**: what a lead changes is changed in ``checklists/``, under a new version.
"""

from __future__ import annotations

from collections.abc import Mapping

_MEANS = ("SA11", "CS05", "CS06", "CS07", "LS12", "LS13", "LS14", "LS20", "LS31", "SA06", "SM06", "SA08")
_HARM = (
    *("CS03", "CS04", "CS14", "CS15", "CS16", "CS17", "CS18", "CS19", "CS20", "CS21", "CS22", "CS23", "CS26"),
    *("SM01", "SM02", "SM04", "SM05", "SM07", "SM09", "SM10", "SM11", "SM12", "SM13", "SM14", "SM15", "SM16"),
    *("IS06", "IS10", "LS06", "LS35", "SA05"),
)
_SHORTAGE = ("CS02", "LS08", "LS09")

# By criterion, ``sign_of``.
SIGN_OF: Mapping[str, str] = {
    **dict.fromkeys(_MEANS, "means"),
    **dict.fromkeys(_HARM, "harm"),
    **dict.fromkeys(_SHORTAGE, "shortage"),
}
