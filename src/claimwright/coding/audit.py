"""Charged against documented: what the note does not support, what is missing, and levels, modifiers and units both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Literal

from claimwright.coding.em_families import families
from claimwright.coding.model import Coding, Evidence, Suggestion
from claimwright.coding.tables import rows
from claimwright.money import Cents
from claimwright.parties import Struct

Verdict = Literal["agrees", "unsupported", "missing", "level", "code", "modifiers", "units", "diagnosis", "order"]
WRITTEN = re.compile(
    r"(?P<code>[A-Z]\d[A-Z0-9](?:\.[A-Z0-9]{1,4})?|\d{5}|\d{4}[A-Z]|[A-Z]\d{4})"
    r"(?P<modifiers>(?:-[A-Z0-9]{2})*)(?:[x*](?P<units>\d{1,4}))?",
    re.I,
)
SERVICE = re.compile(r"\d{4}[0-9A-Z]|[A-Z]\d{4}")
SUPPORT = "CMS Program Integrity Manual 3, 3.6.2: a service is paid as far as the record supports it"
FIRST = "ICD-10-CM OCG IV.G: first the diagnosis chiefly responsible for the services"
PREVENTIVE = ("9938", "9939", "G0402", "G0438", "G0439")


class Charged(Struct, frozen=True):
    """A service as it was charged."""

    code: str
    modifiers: tuple[str, ...] = ()
    units: int = 1

    def __str__(self) -> str:
        return "-".join((self.code, *self.modifiers)) + (f"x{self.units}" if self.units != 1 else "")


class Line(Struct, frozen=True):
    """One comparison. `cents` is what was charged less what is documented: above zero is over-coded, below under-coded."""

    verdict: Verdict
    charged: str
    documented: str
    reason: str
    evidence: tuple[Evidence, ...] = ()
    rules: tuple[str, ...] = ()
    cents: Cents | None = 0  # None: no price known


class Audit(Struct, frozen=True):
    """Every line, and the money either way."""

    lines: tuple[Line, ...]
    over: Cents  # charged beyond what the record supports
    under: Cents  # documented and not charged
    unpriced: int = 0  # differing lines without a price

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return all(line.verdict == "agrees" for line in self.lines)


Price = Callable[[Charged], Cents | None]


def read_charged(words: Iterable[str]) -> tuple[list[Charged], list[str], list[str]]:
    """Services, diagnoses and what is neither, from writings like 99214-25, J3301x4, M17.11."""
    services, diagnoses, strange = [], [], []
    for word in words:
        found = WRITTEN.fullmatch(word.strip())
        code = found["code"].upper() if found else ""
        if not found:
            strange.append(word)
        elif SERVICE.fullmatch(code) and "." not in code:
            modifiers = tuple(one.upper() for one in found["modifiers"].split("-") if one)
            services.append(Charged(code, modifiers, int(found["units"] or 1)))
        else:
            diagnoses.append(code)
    return services, diagnoses, strange


def audit(coding: Coding, services: Sequence[Charged], diagnoses: Sequence[str] = (), price: Price = lambda _: None) -> Audit:
    """Compare what was charged with what the note supports; `price` gives the worth of a line in cents, None if unknown."""
    documented = [one for one in coding.services if one.suggested]
    compared: dict[int, list[Line]] = {}
    open_charges = list(enumerate(services))
    for same in (_same_code, _same_family, _near_code):
        for place, charge in list(open_charges):
            match = next((one for one in documented if same(charge, one)), None)
            if match is not None:
                open_charges.remove((place, charge))
                documented.remove(match)
                compared[place] = _compared(charge, match, price)
    compared |= {place: [_unsupported(charge, coding, price)] for place, charge in open_charges}
    lines = [line for place in sorted(compared) for line in compared[place]]
    lines.extend(_missing(one, price) for one in documented)
    lines.extend(_diagnoses(coding, diagnoses) if diagnoses else ())
    known = [line.cents for line in lines if line.cents is not None]
    return Audit(
        lines=tuple(lines),
        over=sum(cents for cents in known if cents > 0),
        under=-sum(cents for cents in known if cents < 0),
        unpriced=sum(line.cents is None for line in lines),
    )


def _same_code(charge: Charged, one: Suggestion) -> bool:
    return charge.code == one.code


def _same_family(charge: Charged, one: Suggestion) -> bool:
    return bool(_visit_group(charge.code)) and _visit_group(charge.code) == _visit_group(one.code)


def _near_code(charge: Charged, one: Suggestion) -> bool:
    """Another step of one ladder: views of a film, sizes, lengths, with or without guidance."""
    if _visit_group(charge.code) or _visit_group(one.code):
        return False
    ladder = _ladders().get(charge.code)
    return (ladder is not None and ladder == _ladders().get(one.code)) or charge.code[:4] == one.code[:4]


@lru_cache(maxsize=1)
def _visit_groups() -> dict[str, str]:
    return {code: "visit" for family in families().values() for code in family.codes} | {"99211": "visit"}


def _visit_group(code: str) -> str:
    return "preventive" if code.startswith(PREVENTIVE) else _visit_groups().get(code, "")


@lru_cache(maxsize=1)
def _ladders() -> dict[str, str]:
    held = {step.split("=")[1]: f"film of the {part}" for part, _, steps, _ in rows("xrays") for step in steps.split()}
    return held | {code: "repair" for code in map(str, range(12001, 12019))}


def _family(code: str) -> tuple[str, int]:
    """The family of a visit code, and the highest place that it has there."""
    found = [(name, place) for name, family in families().items() for place, one in enumerate(family.codes) if one == code]
    return found[-1] if found else ("", -1)


def _compared(charge: Charged, one: Suggestion, price: Price) -> list[Line]:
    """One line for each way in which a charge differs from what is documented; all the money stands on the first."""
    found = Charged(one.code, one.modifiers, one.units)
    told: list[tuple[Verdict, str]] = []
    if charge.code != found.code:
        told.append(_code_verdict(charge, one))
    if set(charge.modifiers) != set(found.modifiers):
        told.append(("modifiers", _modifiers(charge, found)))
    if charge.units != found.units:
        more = "more" if charge.units > found.units else "fewer"
        told.append(("units", f"{charge.units} charged, {more} than the {found.units} that the note supports: {one.reason}"))
    if not told:
        return [Line("agrees", str(charge), str(found), one.reason, one.evidence, one.rules)]
    cents = _less(price(charge), price(found))
    return [
        Line(verdict, str(charge), str(found), reason, one.evidence, _telling(verdict, one), cents if place == 0 else 0)
        for place, (verdict, reason) in enumerate(told)
    ]


def _telling(verdict: Verdict, one: Suggestion) -> tuple[str, ...]:
    """The rules of a line, those on modifiers first where a modifier differs."""
    if verdict != "modifiers":
        return one.rules
    return tuple(sorted(one.rules, key=lambda rule: "modifier" not in rule and "side" not in rule))


def _code_verdict(charge: Charged, one: Suggestion) -> tuple[Verdict, str]:
    family, place = _family(charge.code)
    documented, level = _family(one.code)
    if not family or not documented:
        return "code", f"the note supports {one.code}: {one.reason}"
    if family != documented:
        return "code", f"charged as {family}, documented as {documented}: {one.reason}"
    direction = "higher" if place > level else "lower"
    rests = one.reason
    if one.level is not None and not one.level.by_time:
        rests = f"problems {one.level.problems}; data {one.level.data}; risk {one.level.risk}: two of three decide"
    return "level", f"charged {direction} than the note supports: {rests}"


def _modifiers(charge: Charged, found: Charged) -> str:
    extra = [one for one in charge.modifiers if one not in found.modifiers]
    lacking = [one for one in found.modifiers if one not in charge.modifiers]
    parts = [f"{', '.join(extra)} is not supported"] if extra else []
    return "; ".join([*parts, *([f"{', '.join(lacking)} is missing"] if lacking else [])])


def _unsupported(charge: Charged, coding: Coding, price: Price) -> Line:
    seen = next((one for one in coding.services if one.code == charge.code and not one.suggested), None)
    reason = "nothing in the note shows that it was done"
    if seen is not None:
        reason = f"the note does not support it: {seen.reason.removeprefix('not suggested: ')}"
    evidence, rules = (seen.evidence, seen.rules) if seen else ((), ())
    return Line("unsupported", str(charge), "", reason, evidence, (*rules, SUPPORT), price(charge))


def _missing(one: Suggestion, price: Price) -> Line:
    found = Charged(one.code, one.modifiers, one.units)
    worth = price(found)
    return Line("missing", "", str(found), one.reason, one.evidence, one.rules, -worth if worth is not None else None)


def _less(charged: Cents | None, documented: Cents | None) -> Cents | None:
    return None if charged is None or documented is None else charged - documented


def _diagnoses(coding: Coding, charged: Sequence[str]) -> list[Line]:
    """Diagnoses have no price of their own: they decide whether the services are paid."""
    documented = {one.code: one for one in coding.diagnoses if one.suggested}
    lines = []
    for code in charged:
        if code in documented:
            one = documented[code]
            lines.append(Line("agrees", code, code, one.reason, one.evidence, one.rules))
            continue
        lines.append(_undocumented(coding, code))
    lines.extend(
        Line("missing", "", code, one.reason, one.evidence, one.rules) for code, one in documented.items() if code not in charged
    )
    first = next(iter(documented), "")
    if first and charged[0] != first and charged[0] in documented:
        one = documented[first]
        lines.append(Line("order", charged[0], first, f"{first} comes first: {one.reason}", one.evidence, (FIRST, *one.rules)))
    return lines


def _undocumented(coding: Coding, code: str) -> Line:
    seen = next((one for one in coding.diagnoses if one.code == code), None)
    if seen is not None:
        reason = seen.reason.removeprefix("not suggested: ")
        return Line("unsupported", code, "", reason, seen.evidence, seen.rules)
    read = next((one for one in coding.read if one.code == code), None)
    if read is not None:
        reason = f"the note holds “{read.term}” as {read.assertion}, not as a diagnosis of this visit"
        return Line("unsupported", code, "", reason, (read.evidence,), (SUPPORT,))
    close = next((one for one in coding.diagnoses if one.suggested and one.code[:3] == code[:3]), None)
    if close is not None:
        return Line("diagnosis", code, close.code, f"the note supports {close.code}: {close.reason}", close.evidence, close.rules)
    return Line("unsupported", code, "", "nothing in the note names it", (), (SUPPORT,))
