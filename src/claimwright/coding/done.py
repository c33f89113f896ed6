"""Everything that the note shows was done in this visit, family by family."""

from __future__ import annotations

from collections.abc import Callable

from claimwright.coding import imaging, injections, operations, procedures, skin, studies, timed, vaccines, wounds
from claimwright.coding.acts import Act
from claimwright.coding.case import Case

FAMILIES: tuple[Callable[[Case], list[Act]], ...] = (
    procedures.from_table,
    procedures.ecg,
    procedures.screening,
    procedures.cerumen,
    procedures.trigger_points,
    procedures.cauterized,
    skin.destroyed,
    skin.biopsies,
    skin.excisions,
    skin.intralesional,
    skin.paring,
    skin.nails,
    skin.colposcopy,
    studies.colonoscopy,
    studies.upper_endoscopy,
    studies.fractures,
    studies.skin_pricks,
    studies.pap,
    timed.counseling,
    timed.psychotherapy,
    timed.therapy,
    timed.manipulation,
    timed.infusions,
    wounds.repairs,
    injections.joint,
    injections.drugs,
    injections.devices,
    vaccines.vaccines,
    imaging.xrays,
    operations.operations,
    operations.readings,
)


def done(case: Case) -> list[Act]:
    """The services of the visit, with the administration of what was given; each code once."""
    acts = [act for family in FAMILIES for act in family(case)]
    acts.extend(injections.administration(case, acts))
    return procedures.settled(case, acts)
