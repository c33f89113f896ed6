"""The day's services held against each other: each once, none that another contains, the reading alone in a hospital."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from claimwright.codesets import procedures as known
from claimwright.coding.acts import Act
from claimwright.coding.case import Case
from claimwright.coding.em_families import setting_of
from claimwright.coding.tables import rows

PROFESSIONAL = "modifier 26: the reading alone, where the equipment is the hospital's; Medicare Claims Processing Manual 13, 20.1"
# a more complete service contains the smaller one (NCCI policy manual, chapter 1)
CONTAINS = {
    "94060": ("94010",),
    "87210": ("87220",),
    "81001": ("81003", "81002"),
    "81002": ("81003",),
    "87651": ("87880",),
    "87502": ("87804",),
    "87428": ("87811", "87804"),
    "10080": ("10060", "10061"),
    "10081": ("10060", "10061", "10080"),
    "46050": ("10060", "10061"),
    "46320": ("46083",),
    "67028": ("J9035",),
    **dict.fromkeys(("Q5103", "Q5104", "Q5121"), ("J1745",)),
    **dict.fromkeys(("Q5115", "Q5119", "Q5123"), ("J9312",)),
    **dict.fromkeys(("Q5114", "Q5117"), ("J9355",)),
    **dict.fromkeys(("Q5107", "Q5118"), ("J9035",)),
    **dict.fromkeys(("Q5108", "Q5111"), ("J2506",)),
    "Q5106": ("J0885",),
    "64616": ("96372",),
    "64612": ("96372",),
    "64611": ("96372",),
    "64642": ("96372",),
    "64650": ("96372",),
    "52287": ("52000", "96372"),
    "10061": ("10060",),
    "11750": ("11730",),
    "11983": ("11981", "11982"),
    "11721": ("11720",),
    "99177": ("99173",),
    "93306": ("93308",),
    "93970": ("93971",),
    "95117": ("95115",),
    "10005": ("10021",),
    "32555": ("32554",),
    "29425": ("29405",),
    "29065": ("29075",),
    "31575": ("92511",),
    "65222": ("65205", "65220"),
    "97605": ("97597",),
    "76817": ("76830",),
    "87637": ("87635", "87428", "87502", "87811", "87804"),
    "57454": ("57500", "57452"),
    "57455": ("57500",),
    "56420": ("10060",),
    "56405": ("10060",),
    "10140": ("10060",),
    "11760": ("12001",),
    "85025": ("85018",),
    "93015": ("93000",),
    "93246": ("93242",),
    "46221": ("46600",),
}


def settled(case: Case, acts: list[Act]) -> list[Act]:
    """Each service once and none that another contains; the professional part alone where the place owns the machine."""
    held: dict[tuple[str, str], Act] = {}
    for act in acts:
        key = (act.code, act.side if act.code[0] in "27" else "")
        if "JW" in act.modifiers:
            key = (act.code, "JW")
        held.setdefault(key, act)
    if in_hospital := setting_of(case) in ("inpatient", "emergency"):
        held = {key: act for key, act in held.items() if not _of_the_hospital(case, act)}
    codes = {act.code for act in held.values()}
    inside = {small for large in codes & CONTAINS.keys() for small in CONTAINS[large]}
    if codes & fracture_care():
        inside |= {code for code in codes if code.startswith(CASTS)}  # the first cast belongs to it (NCCI manual 4)
    if len(codes) > 1:
        inside.add("96523")  # flushing is paid only where nothing else is done (MPFS status T)
    kept = [act for act in held.values() if act.code not in inside]
    for act in kept:
        if "59" not in act.modifiers and any(act.code in small for large, small in APART.items() if codes & large):
            act.modifiers.append("59")
            act.rules.append(OTHER_LESION)
    tests = [act for act in kept if act.code == "93000" or act.kind in ("imaging", "study")]
    for act in tests if in_hospital else ():
        _professional(case, act)
    return kept


READ_HERE = re.compile(
    r"\b(?:interpreted|read|reviewed)(?: independently)? by (?:me|myself)\b|\bindependently (?:interpreted|read)\b"
    r"|\bmy (?:own )?(?:independent )?(?:interp|interpretation|read|reading)\b",
    re.I,
)


def _of_the_hospital(case: Case, act: Act) -> bool:
    """Its drugs, nebulizers and laboratory are its own; on its wards a study is another's unless the writer read it."""
    if (
        act.kind.startswith("drug")
        or act.kind in ("office test", "bedside test")
        or act.code.startswith(("94640", "9047", "906", "907"))
    ):
        return True
    if act.kind == "imaging" and not _reported(case, act):
        return True  # the radiologist bills the picture; viewing it is weighed among the data of the visit
    if case.visit.setting != "inpatient" or act.kind != "study":
        return False
    words = act.evidence[0]
    return not any(
        s.document == words.document and s.start <= words.start < s.end and READ_HERE.search(case.text(s))
        for _, s in case.sentences()
    )


REPORT = re.compile(r"\binterpretation and report\b|\b(?:written|formal|my) report\b", re.I)


def _reported(case: Case, act: Act) -> bool:
    """Whether the note of an emergency calls its reading of a picture a report, or the whole document is one."""
    words = act.evidence[0]
    document = case.reading.note.documents[words.document]
    return document.kind == "radiology" or bool(REPORT.search(document.text))


# services of other lesions that NCCI pairs with the first ones' (modifier indicator 1)
BIOPSIES = frozenset(("11102", "11104", "11106"))
APART = {BIOPSIES: ("17000", "17004", "17110", "17111"), frozenset(("11055", "11056", "11057")): ("11719", "11720", "11721")}
OTHER_LESION = "modifier 59: another lesion than the one biopsied or pared; NCCI policy manual, chapter 3"
CASTS = ("290", "291", "292", "293", "294", "295")


@lru_cache(maxsize=1)
def fracture_care() -> frozenset[str]:
    """The codes of closed treatment of fractures."""
    return frozenset(code for _, plain, reduced, _ in rows("fractures") for code in (plain, reduced) if code)


def _professional(case: Case, act: Act) -> None:
    """In a hospital the tracing and the film are the hospital's: the physician bills the reading."""
    if act.code == "93000":
        act.code, act.reason = "93010", "electrocardiogram read, tracing by the hospital"
        act.rules.append(PROFESSIONAL)
    elif act.kind in ("imaging", "study") and split_payment(act.code, case.visit.on):
        act.modifiers.append("26")
        act.rules.append(PROFESSIONAL)


@lru_cache(maxsize=1_000)
def split_payment(code: str, on: date) -> bool:
    """Whether its payment splits into a professional and a technical part (MPFS PC/TC indicator 1)."""
    found = known.procedure(code, on)
    return found is None or found.pc_tc == "1"
