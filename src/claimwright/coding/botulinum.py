"""Where botulinum toxin was injected, by what it is for."""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, Act
from claimwright.coding.case import Case

# what botulinum toxin is injected for: its code by the diagnosis (CPT chemodenervation)
TOXINS = ("J0585", "J0586", "J0587", "J0588", "J0589")
MUSCLES = (
    (("G24.3",), "64616", "neck muscles"),
    (("G24.5", "G51.3", "G24.4"), "64612", "muscles of the facial nerve"),
    (("K11.7",), "64611", "salivary glands"),
    (("R61", "L74"), "64650", "sweat glands of the armpits"),
    (("N32.81", "N31", "N39.41"), "52287", "bladder wall"),
    (("J38.5",), "64617", "larynx"),
    (("G81", "G80", "I69", "G82", "R25.2", "M62.4", "G24"), "64642", "muscles of a limb"),
)
GUIDED = re.compile(r"\bEMG[- ]?(?:guid\w+|control|needle)|\b(?:under|with) EMG\b", re.I)


def chemodenervation(case: Case, acts: list[Act]) -> list[Act]:
    """Where the toxin went, by what it is for."""
    toxin = next((act for act in acts if act.code in TOXINS), None)
    if toxin is None or any(act.code == "64615" for act in acts) or case.main("G43"):
        return []
    for prefixes, code, where in MUSCLES:
        if case.known(*prefixes):
            found = [
                Act(
                    code,
                    list(toxin.evidence),
                    f"botulinum toxin into {where}",
                    prefixes,
                    rules=[DONE],
                    kind="procedure",
                    sure=True,
                )
            ]
            guided = next((words for *_, words in case.search(GUIDED)), None)
            if guided is not None and code != "52287":
                found.append(Act("95874", [guided], "guided by the muscle's signals", prefixes, rules=[DONE], kind="study"))
            return found
    return []
