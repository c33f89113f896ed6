"""Everything that the note shows was done in this visit, family by family."""

from __future__ import annotations

from collections.abc import Callable

from claimwright.coding import (
    botulinum,
    debridement,
    electrodiagnosis,
    evaluations,
    imaging,
    infusions,
    injections,
    joints,
    mohs,
    operations,
    procedures,
    recordings,
    skin,
    spine,
    studies,
    supplies,
    timed,
    vaccines,
    wordings,
    wounds,
)
from claimwright.coding.acts import Act
from claimwright.coding.case import Case
from claimwright.coding.settled import settled

# the families, with the services (by the code of their table) of which the note must name one, where it must
FAMILIES: tuple[tuple[Callable[[Case], list[Act]], str], ...] = (
    (procedures.from_table, ""),
    (procedures.ecg, "93000"),
    (procedures.screening, ""),
    (procedures.cerumen, "69210"),
    (procedures.trigger_points, "20552"),
    (procedures.cauterized, "17250"),
    (skin.destroyed, "17110 11200"),
    (skin.biopsies, "11102 11104 11106"),
    (debridement.debridements, "11042 97597"),
    (skin.excisions, "11300 11400 17260"),
    (skin.intralesional, "11900"),
    (skin.paring, "11055"),
    (skin.nails, "11730"),
    (skin.debrided_nails, "11720 11721"),
    (skin.colposcopy, "57452"),
    (studies.colonoscopy, "45378"),
    (studies.upper_endoscopy, "43235"),
    (studies.fractures, ""),
    (studies.skin_pricks, "95004"),
    (studies.pap, "Q0091"),
    (electrodiagnosis.electrodiagnosis, "95910"),
    (spine.facets, "64493"),
    (recordings.recordings, ""),
    (timed.counseling, ""),
    (timed.psychotherapy, "90832"),
    (timed.therapy, "97032 97035 97110 97112 97116 97140 97530 97535"),
    (timed.manipulation, "98940"),
    (wounds.repairs, "12001"),
    (joints.joint, "20610"),
    (injections.drugs, ""),
    (injections.devices, "58300 11981 11983"),
    (vaccines.vaccines, ""),
    (imaging.xrays, ""),
    (evaluations.psychiatric, "90791"),
    (evaluations.cognitive, "99483"),
    (evaluations.osteopathic, "98925"),
    (evaluations.anticoagulation, "93793"),
    (operations.operations, ""),
    (operations.readings, ""),
)
ALWAYS = tuple(number for number, (_, keys) in enumerate(FAMILIES) if not keys)
NEEDING = {key: number for number, (_, keys) in enumerate(FAMILIES) for key in keys.split()}


def done(case: Case) -> list[Act]:
    """The services of the visit, with the administration of what was given; each code once."""
    wordings.add(case)
    asked = sorted({*ALWAYS, *map(NEEDING.__getitem__, NEEDING.keys() & case.keys("service"))})
    acts = [act for number in asked for act in FAMILIES[number][0](case)]
    acts.extend(botulinum.chemodenervation(case, acts))
    acts.extend(mohs.mohs_stages(case, acts))
    acts.extend(infusions.administration(case, acts))
    acts.extend(supplies.supplies(case, acts))
    return settled(case, acts)
