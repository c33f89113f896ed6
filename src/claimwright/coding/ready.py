"""What the reader would load and work out when notes first ask for it, done at once: for who reads many notes or has time now."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from datetime import date

from claimwright.coding import causes, combine, heredity, imaging, indicators, injections, wordings
from claimwright.coding.dictionary.terms import terms
from claimwright.coding.gates import needed
from claimwright.coding.lexicon import lexicon
from claimwright.coding.model import Document, Visit
from claimwright.coding.suggest import suggest
from claimwright.coding.tables import _cues

ROOM = __name__.rpartition(".")[0]
# tables of patterns of which any note asks where they can stand
SOUGHT = (
    wordings._wordings,
    causes._causes,
    causes._scene,
    injections._drug_rows,
    indicators._asked,
    imaging._parts,
    combine._organisms,
    heredity._matters,
)
ASKED_OF_VISITS = ("em.", "visits.", "families.", "time.")  # cues
COMMON = 10  # phrases that a word must begin to be looked at before a note has it
OBJECTS = 50_000  # that a note may leave before the collector looks at them: nearly all go with the note
ON = date(2026, 11, 2)
# a visit that has something of most things: patterns are read when they are asked for a second time
VISIT = """CC: New patient with right knee pain and cough, here for follow-up. Her mother gave the history.
HPI: 61 year old woman with type 2 diabetes, hypertension and asthma.
She fell from a ladder last week and injured her right wrist. Seen in the emergency department 3 days ago.
Denies fever and chest pain. Reports a history of breast cancer, treated with surgery.
She is pregnant, 12 weeks. Quit smoking in 2010. No suicidal ideation. Worse since last month, not controlled, due to medication.
PMH: hypothyroidism, stroke, seizure. FH: colon cancer in her father. SH: drinks alcohol, smokes daily.
Medications: metformin, insulin, lisinopril, prednisone, warfarin, amiodarone, long-term opioid.
Exam: BP 150/95, BMI 36.2. Skin: 3 lesions, open wound 2.5 cm, pressure ulcer stage 2. Left ear with impacted cerumen.
Results: A1c 8.1, creatinine 1.6 (0.6-1.2) high, glucose 210, hemoglobin 9.8. ECG performed and interpreted by me.
X-ray of the right wrist, 3 views taken in the office today, reviewed: fracture of the distal radius. CT abdomen reviewed.
Procedure: After consent and local anesthesia the right knee was injected with 40 mg of Kenalog.
Cryotherapy of 4 actinic keratoses.
Laceration of the left hand, 3 cm, repaired with sutures.
Excision of a 1.2 cm lesion of the back. Biopsy taken of the skin lesion.
Immunization: influenza vaccine given today. Ceftriaxone 1 g IM given. Albuterol nebulizer treatment given.
IV infusion for 90 minutes.
Assessment and Plan:
1. Type 2 diabetes with neuropathy, uncontrolled. Increase metformin. Order A1c, lipid panel. Discussed diet and exercise.
2. Hypertension, stable. Continue lisinopril, refill sent. 3. Acute sinusitis, likely bacterial. Start amoxicillin if no better.
4. Fracture of the right distal radius, initial encounter. Splint applied. Refer to orthopedics. 5. Depression, PHQ-9 of 14.
6. Anemia due to chronic kidney disease stage 3. 7. Possible pneumonia. 8. Sepsis ruled out. Admit to the hospital if worse.
Total time spent on the date of the visit: 45 minutes. Follow-up in 2 weeks. Smoking cessation counseling for 5 minutes.
"""


def prepare() -> None:
    """Load all tables, and read a visit. What is loaded stays, so that garbage is not sought in it, nor often."""
    terms().spelling.index()
    openings = lexicon().openings
    for word, phrases in openings.rest.items():
        if len(phrases) >= COMMON:
            openings[word]
    for name in [name for name in sys.modules if name.startswith(ROOM)]:
        for one in list(vars(sys.modules[name]).values()):
            if _is_table(one, name):
                one()
    cues = [pattern for name, pattern in _cues().items() if name.startswith(ASKED_OF_VISITS)]
    for pattern in _patterns([cues, *(table() for table in SOUGHT)]):
        needed(pattern)
    for _ in range(3):
        suggest([Document(kind="progress", text=VISIT)], Visit(on=ON))
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])


def _patterns(table: object) -> Iterator[re.Pattern[str]]:
    """Those that a table holds, however deep."""
    if isinstance(table, re.Pattern):
        yield table
    elif isinstance(table, dict | list | tuple):
        for one in table.values() if isinstance(table, dict) else table:
            yield from _patterns(one)


def _is_table(one: object, module: str) -> bool:
    """Whether it is a function of a module that keeps the one table it reads."""
    if getattr(one, "__module__", "") != module or not hasattr(one, "cache_parameters"):
        return False
    return one.cache_parameters()["maxsize"] == 1 and not one.__wrapped__.__code__.co_argcount  # type: ignore[attr-defined]
