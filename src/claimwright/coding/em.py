"""The office-visit level: problems, data and risk by the 2021/2023 table, two of three; or total time."""

from __future__ import annotations

import re

import msgspec

from claimwright.coding.acts import ELSEWHERE
from claimwright.coding.candidates import Candidate, chronic, is_symptom
from claimwright.coding.case import Case
from claimwright.coding.combine import drug_class
from claimwright.coding.mentions import longest
from claimwright.coding.model import EMLevel, Evidence
from claimwright.coding.visits import problem_text, problems_of

GUIDE = "CPT E/M guidelines 2021/2023, levels of medical decision making: two of three elements"
TIME_GUIDE = "CPT E/M guidelines 2021/2023: total time on the date of the encounter"
NAMES = ("", "minimal", "low", "moderate", "high")  # element levels 1..4, visit levels 2..5
NEW_TIMES = ((60, 5), (45, 4), (30, 3), (15, 2))
OLD_TIMES = ((40, 5), (30, 4), (20, 3), (10, 2))
TIME = re.compile(
    r"\b(?:total (?:visit |encounter |provider |physician )?time|time spent|i (?:personally )?spent(?: a total of)?|spent a total of|total of)\b[^.]{0,60}?\b(\d{1,3})\s*(?:min(?:ute)?s?)\b|"
    r"\b(\d{1,3})\s*min(?:ute)?s?\b[^.]{0,40}\b(?:total time|were spent|was spent|on the date of)",
    re.I,
)
NOT_TOTAL = re.compile(
    r"\b(?:tobacco|smoking|cessation|counsel\w+ for \d|procedure|observ\w+|watched|advance care|nebulizer|face-to-face counsel\w+ on quit)\b",
    re.I,
)
WORSENING = re.compile(
    r"\b(?:worsen\w*|worse\b|uncontrolled|not (?:well |adequately |optimally )?controlled|not (?:yet )?at (?:goal|target)|above (?:goal|target)|exacerbat\w+|flare\w*|poorly[- ]controlled|"
    r"progress(?:ing|ive|ion)|inadequate\w*|suboptimal\w*|side effects? (?:of|from)|decompensat\w+|elevated (?:today|despite)|out of control|not responding|fail\w+|"
    r"hyperglycemia|breakthrough|persist\w+ despite|unimproved|not improv\w+)\b",
    re.I,
)
SEVERE = re.compile(
    r"\b(?:severe exacerbation|threat to life|respiratory distress|acute myocardial|sepsis|suicidal ideation with|unstable angina|hypertensive emergency|stroke|pulmonary embol\w+)\b",
    re.I,
)
UNCERTAIN_OUTCOME = re.compile(
    r"\b(?:uncertain (?:outcome|prognosis)|prognosis is uncertain|outcome (?:is )?(?:uncertain|unknown)|undiagnosed new problem|cause (?:is )?not yet (?:known|determined))\b",
    re.I,
)
SYSTEMIC = re.compile(r"\b(?:systemic (?:symptoms?|illness)|toxic|high fever|dehydrat\w+|prostration|rigors)\b", re.I)
SYSTEMIC_CODES = ("J10", "J11", "J12", "J18", "N10", "U07.1", "A41", "J15", "J69")
COMPLICATED = ("S06.0", "S52", "S62", "S82", "S92", "S42", "S72")
CONCERNING = ("R07.9", "R07.89", "R55", "R63.4", "R04.2", "K92", "R56", "N63", "R59", "R42x", "R00.2", "R22.1", "R31")
MINOR = ("L91.8", "W57", "S60.86", "L84", "L22", "B07", "J00")
# what is done with a drug
MANAGES = re.compile(
    r"\b(?:start\w*|begin|began|continu\w*|increas\w*|decreas\w*|reduc\w*|switch\w*|chang\w*|prescri\w+|refill\w*|renew\w*|initiat\w*|add\w*|adjust\w*|titrat\w*|stop\w*|discontinu\w*|resume\w*|rx|restart\w*|"
    r"taper\w*|trial of|sent to (?:the )?pharmacy|same dose|daily|twice|tablets?|for (?:five|seven|ten|three|\d+) days|given|mg|applied|cream|ointment|drops|course of)\b",
    re.I,
)
NO_DRUG = re.compile(
    r"\b(?:no (?:antibiotic|medicine|prescription|steroid|opioid)s?|not (?:prescribed|started|needed|indicated)|declin\w+|will be considered|may be|could be|if\b|considered?|discuss\w*|"
    r"not today|later|avoid|will start|plan to start|to be discussed|after the flare we will|stopped|at the next visit)\b",
    re.I,
)
HOSPITAL = re.compile(
    r"\b(?:admit\w*|hospitali[sz]\w+|transfer(?:red)? to (?:the )?(?:ed|emergency|hospital)|sent (?:to|by ambulance to) (?:the )?(?:ed|emergency|er)\b|direct admission|ems\b|dnr|de-?escalate care)\b",
    re.I,
)
SDOH = re.compile(
    r"\b(?:homeless\w*|food insecurity|cannot afford|unable to afford|could not afford|cost of (?:the )?medic\w+|lack of transportation|housing (?:insecurity|instability)|uninsured and)\b",
    re.I,
)
SURGERY = re.compile(
    r"\b(?:surgery|arthroplasty|operative (?:repair|treatment)|procedure) (?:scheduled|was discussed|planned|recommended|decision)|decision for (?:minor |major )?surgery|excision scheduled",
    re.I,
)
HISTORIAN = re.compile(
    r"\b(?:history (?:was )?(?:obtained|provided|given|taken) (?:from|by) (?:the |his |her |their )?(?:mother|father|parents?|mom|dad|wife|husband|daughter|son|spouse|caregiver|guardian|grandmother|sister)|"
    r"(?:mother|father|parent|mom|dad|guardian|grandmother|caregiver|daughter|son|wife|husband) (?:is (?:the )?historian|reports|states|provides|gives the history|says|tells)|brought (?:in )?by (?:a |the |his |her )?(?:parents?|mother|father|mom|dad|guardian|grandmother)|independent historian|per (?:his |her |the )?(?:mother|father|parent|mom|dad|daughter|wife|husband))\b",
    re.I,
)
RECORDS = re.compile(
    r"\b(?:(?:emergency department|ed|hospital|outside|specialist|cardiology|discharge|urgent care|consult\w*|previous physician'?s?|transferred)(?: \w+){0,2} (?:records?|notes?|summary|report) (?:were |was )?(?:reviewed|obtained)|reviewed (?:the )?(?:\w+ ){0,3}(?:records?|notes?|summary)|records? reviewed)\b",
    re.I,
)
INTERPRETED = re.compile(
    r"\b(?:independent(?:ly)? (?:interpret\w+|review\w+ (?:the )?(?:image|film|tracing|x-?ray))|my (?:own )?(?:interpretation|read(?:ing)?)|(?:images?|films?|tracing|x-?rays?) (?:personally |independently )?(?:reviewed|read|interpreted) by me|i (?:personally )?(?:reviewed|read|interpreted) the (?:images?|films?|tracing|x-?rays?|ct|mri))\b",
    re.I,
)
DISCUSSED = re.compile(
    r"\b(?:discussed|spoke|case reviewed|phone call|called|conferred) (?:the case |by phone |management )?with (?:the )?(?:dr\.|cardiolog\w+|orthoped\w+|surge\w+|specialist|radiolog\w+|neurolog\w+|pharmacist|case manager|teacher|school nurse|emergency physician|hospitalist)",
    re.I,
)
ORDERS = re.compile(
    r"\b(?:order\w*|check\w*|obtain\w*|repeat\w*|sent|draw\w*|drawn|recheck|send|collect\w*|pending|labs?:?|get|request\w*|schedul\w*|today|positive|negative|done|performed|will (?:get|do)|refer\w* for)\b",
    re.I,
)
REVIEWS = re.compile(
    r"\b(?:review\w*|result\w*|show\w*|demonstrat\w*|reveal\w*|was|were|is|are|normal|elevated|:|of|percent|attached|positive|negative|received)\b|\d",
    re.I,
)
LATER = re.compile(
    r"\b(?:next (?:visit|year|spring|month|week)|in (?:two|three|four|six|\d+) (?:weeks?|months?)|at (?:the )?(?:recheck|follow|next|annual)|planned|later|when|until|due|before (?:the )?(?:next|follow)|not needed|no (?:labs?|tests?)|not (?:repeated|done|obtained|indicated|needed)|consider\w*|may be|if\b|annual visit|up to date|next)\b",
    re.I,
)


class Element(msgspec.Struct):
    """One column of the table: a level 1..4 and the facts it rests on."""

    level: int = 1
    why: list[str] = []
    facts: list[tuple[str, Evidence]] = []

    def raise_to(self, level: int, why: str, evidence: Evidence | None, name: str) -> None:
        """A fact supports at least this level."""
        self.level = max(self.level, level)
        self.why.append(why)
        if evidence is not None:
            self.facts.append((name, evidence))

    def words(self) -> str:
        """The level in words with what it rests on."""
        told = "; ".join(dict.fromkeys(self.why))
        return f"{NAMES[self.level]}" + (f": {told}" if told else "")


def from_elements(problems: int, data: int, risk: int) -> int:
    """The visit level 2..5 from element levels 1..4: two of three must be met or exceeded."""
    return sorted((problems, data, risk))[1] + 1


def from_time(minutes: int, new: bool) -> int:
    """The visit level by total minutes (met or exceeded), 0 if too short."""
    return next((level for least, level in (NEW_TIMES if new else OLD_TIMES) if minutes >= least), 0)


def level_of(case: Case, treated: set[str], billed: set[str]) -> EMLevel:
    """Level of the visit; what a procedure of the same day already treats (`treated`) does not count."""
    problems = _problems(case, treated)
    data = _data(case, billed)
    risk = _risk(case, treated)
    level = from_elements(problems.level, data.level, risk.level)
    minutes, words = _minutes(case)
    facts = [*problems.facts, *data.facts, *risk.facts]
    timed = from_time(minutes, case.visit.new_patient) if minutes else 0
    by_time = minutes if timed > level else 0
    if by_time and words is not None:
        level = timed
        facts.append(("time", words))
    return EMLevel(
        level=level, problems=problems.words(), data=data.words(), risk=risk.words(), by_time=by_time, facts=tuple(facts)
    )


def _minutes(case: Case) -> tuple[int, Evidence | None]:
    for _, sentence, found, words in case.search(TIME):
        if not NOT_TOTAL.search(case.text(sentence)) and sentence.section not in ("procedure", "hpi", "sh"):
            return int(found.group(1) or found.group(2)), words
    return 0, None


def _problems(case: Case, treated: set[str]) -> Element:
    element = Element()
    stable = worse = acute = 0
    for candidate in problems_of(case):
        if candidate.code in treated or _same_disease(case, candidate):
            continue
        words = candidate.evidence[0] if candidate.evidence else None
        near = problem_text(case, candidate)
        if SEVERE.search(near) and not re.search(r"\b(?:no|ruled out|not|excluded|without|denies)\b", near, re.I):
            element.raise_to(4, "an illness that threatens life or function", words, "problem")
        elif chronic(candidate.code) and not is_symptom(candidate.code):
            if WORSENING.search(_affirmed_part(near)) or _treatment_raised(case, candidate):
                worse += 1
                element.raise_to(3, f"chronic illness not at goal or worse ({candidate.code})", words, "problem")
            else:
                stable += 1
                element.raise_to(3 if stable >= 2 else 2, f"stable chronic illness ({candidate.code})", words, "problem")
        elif UNCERTAIN_OUTCOME.search(near) or (candidate.code.startswith(CONCERNING) and is_symptom(candidate.code)):
            element.raise_to(3, f"undiagnosed new problem with uncertain prognosis ({candidate.code})", words, "problem")
        elif candidate.code.startswith(SYSTEMIC_CODES) or SYSTEMIC.search(_affirmed_part(near)):
            element.raise_to(3, f"acute illness with systemic symptoms ({candidate.code})", words, "problem")
        elif candidate.code.startswith(COMPLICATED):
            element.raise_to(3, f"acute complicated injury ({candidate.code})", words, "problem")
        elif candidate.code.startswith(MINOR):
            acute += 0
            element.raise_to(1, f"minor problem ({candidate.code})", words, "problem")
        else:
            acute += 1
            element.raise_to(2, f"acute uncomplicated illness or injury ({candidate.code})", words, "problem")
    if worse and stable == 0 and any(re.search(r"severe exacerbation", problem_text(case, c), re.I) for c in problems_of(case)):
        element.level = 4
    if len(element.why) > 1 and element.level == 1:
        element.level = 2  # two or more minor problems
    return element


RAISED = re.compile(r"\b(?:start(?:ed|ing)?|increas\w+|add(?:ed|ing)?|switch\w*|initiat\w*|begin|began|escalat\w+|chang(?:e|ed|ing) (?:to|from))\b", re.I)


def _treatment_raised(case: Case, candidate: Candidate) -> bool:
    """A drug started or raised for it today: by the guidelines' words, not at its treatment goal."""
    items = {case.mention_at(m).item for m in candidate.mentions if case.mention_at(m).item >= 0}
    for at, sentence in case.sentences("assessment", "plan"):
        if sentence.item not in items:
            continue
        text = case.text(sentence)
        for found in RAISED.finditer(text):
            before, after = text[max(0, found.start() - 30) : found.start()], text[found.end() : found.end() + 60]
            if re.search(r"\b(?:will|may|to|plan|not|no|could|would|consider\w*|if|later)\b[^.;]*$", before, re.I) or LATER.search(after):
                continue
            spot = sentence.start + found.end()
            if any(h.entry.kind == "drug" and 0 <= sentence.places[h.first][0] - spot <= 60 for h in case.reading.hits[at]):
                return True
    return False


def _affirmed_part(text: str) -> str:
    """Without what is denied or only feared: 'without acute exacerbation' is no exacerbation."""
    text = re.sub(
        r"\b(?:no|without|not in|denies|never|negative for|ruled out)\s+(?:\w+\s+){0,3}(?:exacerbat\w+|decompensat\w+|flare\w*|worsen\w*|side effects?|fever|dehydrat\w+|progress\w+|hyperglycemia)",
        " ",
        text,
        flags=re.I,
    )
    return re.sub(
        r"[^.;]*\b(?:if|return|call|sooner|should|emergency department|watch for|until|before)\b[^.;]*", " ", text, flags=re.I
    )


def _same_disease(case: Case, candidate: Candidate) -> bool:
    """The second code of one disease (stage, manifestation) is not a second problem: but CKD and heart failure are."""
    kidney_or_heart = candidate.code.startswith(("I50", "N18"))
    if candidate.code.startswith(("E11", "E10")):
        family = [c for c in problems_of(case) if c.code[:3] == candidate.code[:3]]
        return family[0] is not candidate
    if candidate.code.startswith("I12") and case.main("N18"):
        return False
    if candidate.code.startswith(("I11", "I13")) and case.main("I50"):
        return False
    return bool(kidney_or_heart and candidate.code.startswith("I50") and case.main("I11", "I13")) or candidate.code.startswith(
        ("B95", "B96")
    )


def _data(case: Case, billed: set[str]) -> Element:
    element = Element()
    tests: dict[str, tuple[Evidence, str]] = {}
    for at, sentence in case.sentences():
        if sentence.section not in ("results", "assessment", "plan", "orders", "other", "findings", "instructions", "followup"):
            continue
        if case.reading.note.documents[sentence.document].kind in ("laboratory", "radiology") and not _reviewed(case):
            continue
        text = case.text(sentence)
        for hit in longest([h for h in case.reading.hits[at] if h.entry.kind == "test"]):
            if hit.entry.key in tests:
                continue
            if _counts(text, sentence.section, sentence.places[hit.first][0] - sentence.start):
                words = case.reading.note.evidence(sentence.document, sentence.places[hit.first][0], sentence.places[hit.last][1])
                tests[hit.entry.key] = (words, hit.entry.key)
    for generic, exact in (("x ray", "chest x ray"),):
        if exact in tests:
            tests.pop(generic, None)
    for name in _billed_tests(billed):
        tests.pop(name, None)
    for name, (words, _) in tests.items():
        element.facts.append((f"test: {name}", words))
    one = len(tests)
    records = next((words for _, _, _, words in case.search(RECORDS, "results", "assessment", "plan", "hpi", "other")), None)
    if records is not None:
        one += 1
        element.facts.append(("outside note reviewed", records))
    historian = next((words for _, s, _, words in case.search(HISTORIAN) if s.section not in ("fh",)), None)
    if historian is not None and case.age is not None and 12 <= case.age < 18:
        historian = None
    if historian is not None:
        element.facts.append(("independent historian", historian))
    own = (
        next((words for _, s, _, words in case.search(INTERPRETED) if not ELSEWHERE.search(case.text(s)) or True), None)
        if not (billed & IMAGED)
        else None
    )
    spoken = next((words for _, _, _, words in case.search(DISCUSSED)), None)
    for name, words in (("independent interpretation", own), ("discussed with another professional", spoken)):
        if words is not None:
            element.facts.append((name, words))
    element.level = data_level(one, historian is not None, own is not None, spoken is not None)
    parts = [f"{one} test(s) or outside note(s)"] if one else []
    parts += [
        name
        for name, there in (("independent historian", historian), ("independent interpretation", own), ("discussion", spoken))
        if there
    ]
    element.why = parts or ["no test, record or historian"]
    return element


IMAGED = {"93000", "71045", "71046", "73610", "73030", "73562", "73560", "73630", "73110", "73130"}


def _billed_tests(billed: set[str]) -> list[str]:
    """Tests whose interpretation this claim pays already do not count (ECG, X-ray, spirometry)."""
    names = []
    if billed & {"93000", "93005"}:
        names.append("ecg")
    if any(code.startswith("7") for code in billed):
        names.extend(("x ray", "chest x ray"))
    if billed & {"94010", "94060"}:
        names.append("spirometry")
    return names


def _reviewed(case: Case) -> bool:
    return any(
        re.search(r"\breview\w*|\battached\b|\bresults?\b", case.text(s), re.I)
        for _, s in case.sentences("results", "assessment", "plan", "hpi")
    )


def _counts(text: str, section: str, at: int) -> bool:
    """Ordered or reviewed at this visit; not merely planned, or normal long ago and only mentioned."""
    clause_start = max(text.rfind(mark, 0, at) for mark in (";", ". ")) + 1
    clause = text[clause_start:]
    if LATER.search(clause) and not re.search(r"\b(?:ordered|drawn|today|reviewed|sent)\b", clause, re.I):
        return False
    if re.search(r"\b(?:no|not|without|declin\w+|defer\w*)\b[^,;]{0,25}$", text[max(0, at - 30) : at], re.I):
        return False
    if section == "results":
        return not re.search(
            r"\b(?:in|from) the (?:spring|summer|fall|winter)\b|\blast (?:year|month|spring)\b|\bnot repeated\b", text, re.I
        ) or bool(re.search(r"\breview", text, re.I))
    return bool(ORDERS.search(clause)) or (
        section in ("assessment", "findings") and bool(re.search(r"\breview\w*", clause, re.I))
    )


def data_level(tests_and_notes: int, historian: bool, interpretation: bool, discussion: bool) -> int:
    """The data column (CPT table): categories 1, 2 and 3."""
    first = tests_and_notes + (1 if historian else 0) >= 3
    met = sum((first, interpretation, discussion))
    if met >= 2:
        return 4
    if met == 1:
        return 3
    return 2 if tests_and_notes >= 2 or historian else 1


def _risk(case: Case, treated: set[str]) -> Element:
    element = Element()
    for at, sentence in case.sentences("assessment", "plan", "procedure", "orders", "instructions", "other"):
        if sentence.section == "procedure":
            continue
        text = case.text(sentence)
        for hit in case.reading.hits[at]:
            if hit.entry.kind != "drug":
                continue
            words = case.reading.note.evidence(sentence.document, sentence.places[hit.first][0], sentence.places[hit.last][1])
            place = sentence.places[hit.first][0] - sentence.start
            around = _clause(text, place)
            if NO_DRUG.search(around) and not re.search(
                r"\b(?:prescrib\w+|continue\w*|start(?:ed)?\b(?! later)|increase\w*|refill\w*|stop )\b", around, re.I
            ):
                continue
            kind = drug_class(hit.entry.key)
            if re.search(r"\b(?:over[- ]the[- ]counter|otc)\b", around, re.I):
                kind = "otc"
            if kind != "otc" and not MANAGES.search(around) and not MANAGES.search(text):
                continue
            if kind == "monitored" and re.search(r"\bmonitor|level|toxicity|cbc|lft", problem_words(case, sentence.item), re.I):
                element.raise_to(4, f"drug that needs intensive monitoring for toxicity ({hit.entry.key})", words, "risk")
            elif kind == "otc":
                element.raise_to(2, "over-the-counter drug", words, "risk")
            else:
                element.raise_to(3, "prescription drug management", words, "risk")
    _other_risks(case, element)
    if element.level == 1 and problems_of(case):
        told = [(s, case.text(s)) for _, s in case.sentences("assessment", "plan", "instructions")]
        low = re.compile(
            r"\b(?:rest|ice|fluids?|physical therapy|exercises?|stretch\w*|elevat\w+|splint|brace|wrap|saline|supportive|diet|compress\w*|counsel\w*|over the counter|insole|heat|refer\w*)\b",
            re.I,
        )
        found = next(((s, m) for s, text in told if (m := low.search(text))), None)
        if found:
            sentence, match = found
            words = case.reading.note.evidence(sentence.document, sentence.start + match.start(), sentence.start + match.end())
            element.raise_to(2, "rest, therapy or other low-risk treatment", words, "risk")
    return element


def _clause(text: str, at: int) -> str:
    start = max((text.rfind(mark, 0, at) + len(mark) for mark in ("; ", ". ", ", but ", ": ") if mark in text[:at]), default=0)
    stops = [text.find(mark, at) for mark in ("; ", ". ", ", but ") if text.find(mark, at) >= 0]
    return text[start : min(stops, default=len(text))]


def problem_words(case: Case, item: int) -> str:
    """All words of one problem."""
    return " ".join(case.text(s) for _, s in case.sentences("assessment", "plan") if s.item == item)


def _other_risks(case: Case, element: Element) -> None:
    for pattern, level, why in (
        (SDOH, 3, "social circumstances limit diagnosis or treatment"),
        (SURGERY, 3, "decision about surgery"),
        (HOSPITAL, 4, "decision about hospital care"),
        (
            re.compile(r"\b(?:antibiotic|steroid|eye|ear) (?:drops?|ointment) prescribed\b|\bprescri(?:bed|ption)\b", re.I),
            3,
            "prescription drug management",
        ),
    ):
        for _, sentence, found, words in case.search(pattern, "assessment", "plan"):
            text = case.text(sentence)
            near = text[max(0, found.start() - 40) : found.end() + 25]
            if re.search(
                r"\b(?:no|not|without|if|ruled out|return|threshold|unless|avoid\w*|discussed again|would|refer\w* only|may|emergency department)\b",
                near,
                re.I,
            ):
                continue
            element.raise_to(level, why, words, "risk")
            break
