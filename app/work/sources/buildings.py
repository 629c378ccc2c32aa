"""Buildings that several families’ cases worry about, for seniors and leads, as far as they may see those cases."""

from __future__ import annotations

from collections.abc import Iterator

from app.accounts.policy import may
from app.placements import buildings
from app.work.ordering import Row

from .asker import Asker


def alerts(asker: Asker) -> Iterator[Row]:
    """An alert that nobody has dealt with; one query where there is none."""
    for alert in buildings.standing(asker.user, asker.on) if may(asker.user.role, "property.alert") else ():
        many = len(alert.worries)
        named = ", ".join(worry.reference for worry in alert.worries[:5])
        yield Row(
            kind="building", what="Several families’ cases worry about one building",
            said=f"{alert.address}, {alert.postcode}: {many} cases, among them {named}." if many > 5 else f"{alert.address}, {alert.postcode}: {named}.",
            since=alert.newest, endpoint="alerts.building" if alert.building_id else "alerts.listed",
            args={"building_id": alert.building_id} if alert.building_id else {}, link="See the building and its cases",
        )  # fmt: skip
