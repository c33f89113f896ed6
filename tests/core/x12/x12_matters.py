"""Verbs of the fault table that need to know the claim, payment or member they harm: amounts, levels, people, days."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from x12_anywhere import inside, verb
from x12_inject import VERBS, Doc, Row, Spot, Verb, filled, loop_end, loop_start, put, spots, value_at

from claimwright.codesets import reference

Change = Callable[[Doc, int, int, int, str, random.Random], object]


def _where(name: str, wanted: Callable[[Doc, int], bool], change: Change) -> None:
    """A verb at a place that must satisfy something."""

    @verb(name)
    def act(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
        found = [one for one in spots(doc, where) if wanted(doc, one[0])]
        if not found:
            return None
        at, place, part = rng.choice(found)
        made = change(doc, at, place, part, rest, rng)
        return None if made is False else Spot(at, made if isinstance(made, str) else "")


def _set(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    return put(doc, at, place, part, filled(doc, rest))


def _more(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    return put(doc, at, place, part, f"{Decimal(value_at(doc, at, place, part)) + Decimal(rest):f}")


def claim_rows(doc: Doc, at: int) -> list[int]:
    """The rows of the claim (or of the 835's claim, or the member's level) that a row belongs to."""
    start = at
    while start > 0 and doc.rows[start].name not in ("CLM", "CLP", "HL"):
        start -= 1
    end = at + 1
    while end < len(doc.rows) and doc.rows[end].name not in ("CLM", "CLP", "HL", "SE"):
        end += 1
    return list(range(start, end))


def is_self(doc: Doc, at: int) -> bool:
    """Whether the next claim is the subscriber's own."""
    for row in doc.rows[at + 1 :]:
        if row.name in ("HL", "SE"):
            return False
        if row.name == "CLM":
            return True
    return False


_where("any-self", lambda doc, at: is_self(doc, at), _set)
_where("any-other", lambda doc, at: not is_self(doc, at) and doc.rows[at].loop == "2000B", _set)
_where("any-day", lambda doc, at: doc.rows[at].get(2) == "D8", _set)
_where("any-money", lambda doc, at: doc.rows[at].get(2) not in ("0", ""), _set)
_where("any-early", lambda doc, at: _first_day(doc, at) < "20261001", _set)
_where("any-late-day", lambda doc, at: "20251001" <= _first_day(doc, at) < "99", _set)
_where("any-payee", lambda doc, at: doc.rows[at].get(3) == "XX", lambda doc, at, *_: put(doc, at, 4, 0, doc.rows[at].get(4)[:9]))
_where("any-with-lines", lambda doc, at: any(doc.rows[one].name == "SVC" for one in claim_rows(doc, at)), _more)
_where("any-no-original", lambda doc, at: not any(doc.rows[one].get(1) == "F8" for one in claim_rows(doc, at)), _set)
_where("any-positive", lambda doc, at: not doc.rows[at].get(3).startswith("-") and doc.rows[at].get(3) not in ("0", ""), _set)


def _first_day(doc: Doc, at: int) -> str:
    """The first day of service of the claim that a row belongs to, or a late one."""
    days = [doc.rows[one].get(3)[:8] for one in claim_rows(doc, at) if doc.rows[one].get(1) == "472"]
    return min(days, default="99999999")


def _dropping(name: str, wanted: Callable[[Doc, int], bool], loop: bool = False) -> None:
    @verb(name)
    def act(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
        found = [at for at, _, _ in spots(doc, where) if wanted(doc, at)]
        if not found:
            return None
        at = rng.choice(found)
        row, low = doc.rows[at], loop_start(doc, at)
        del doc.rows[at : loop_end(doc, at) if loop else at + 1]
        return Spot(at, low=low, segment=row.name)


def _only_claim(doc: Doc, at: int) -> bool:
    return doc.rows[loop_end(doc, at)].name != "CLM" and doc.rows[at - 1].loop[:2] == "20"


def _has_lines_decided(doc: Doc, at: int) -> bool:
    payer = next((row.get(9) for row in doc.rows[at:] if row.loop == "2330B" and row.name == "NM1"), "")
    return any(doc.rows[one].name == "SVD" and doc.rows[one].get(1) == payer for one in claim_rows(doc, at))


def _only_day(doc: Doc, at: int) -> bool:
    """Whether a claim has but one day of service, and is no estimate."""
    rows = [doc.rows[one] for one in claim_rows(doc, at)]
    return sum(row.get(1) == "472" for row in rows) == 1 and rows[0].get(19) != "PB"


def _inpatient(doc: Doc, at: int) -> bool:
    claim = doc.rows[claim_rows(doc, at)[0]]
    return claim.get(5).split(doc.marks.component)[0] in ("11", "18", "21")


@verb("any-attached")
def _attached(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    """An attachment announced without its number, after the claim's dates."""
    at = rng.choice(spots(doc, where))[0] + 1
    while doc.rows[at].loop == "2300" and doc.rows[at].name in ("DTP", "DN1", "CL1"):
        at += 1
    if doc.rows[at].name in ("DN2", "PWK"):
        return None
    doc.rows.insert(at, Row(filled(doc, rng.choice(("PWK*OZ*EL", "PWK*B4*FX"))).split(doc.marks.element)))
    return Spot(at, "PWK06")


_where("any-inpatient-type", _inpatient, lambda doc, at, *_: put(doc, at, 1, 0, ""))
_dropping("any-inpatient", _inpatient)
_dropping("any-drop-self", is_self)
_dropping("any-only-day", _only_day)
_dropping("any-only-claim", _only_claim, loop=True)
_dropping("any-drop-amount", _has_lines_decided)


def _same_diagnosis(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str | bool:
    codes = [doc.rows[one] for one in claim_rows(doc, at) if doc.rows[one].get(1)[:3] == "ABK"]
    if not codes or not doc.rows[at].get(place):
        return False
    put(doc, at, place, 0, doc.marks.component.join(("ABF", codes[0].get(1).split(doc.marks.component)[1])))
    return f"HI{place:02d}-2"


_where("any-same-diagnosis", lambda doc, at: True, _same_diagnosis)


def _unnamed(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    put(doc, at, 9, 0, "")
    put(doc, at, 8, 0, "")
    return "NM109"


_where("any-member", lambda doc, at: is_self(doc, at) and doc.rows[at].get(2) == "1", _unnamed)


def _no_bank(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    for place in (*range(6, 10), *range(12, 16)):
        doc.rows[at].parts[place] = ""
    return "BPR07"


_where("any-bank", lambda doc, at: doc.rows[at].get(4) == "ACH" and len(doc.rows[at].parts) > 15, _no_bank)


def _reverse(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    put(doc, at, 2, 0, "RD8")
    return put(doc, at, 3, 0, "20261102-20261101")


def _unended(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    put(doc, at, 2, 0, "RD8")
    return "DTP03"


_where("any-period", lambda doc, at: doc.rows[at].get(2) == "D8", _unended)
_where("any-reversed", lambda doc, at: True, _reverse)


def _flag(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str | bool:
    row = doc.rows[at]
    if row.get(4) in ("", rest) or rest not in row.rule.elements[3].codes:
        return False
    return put(doc, at, 4, 0, rest)


_where("any-flag", lambda doc, at: doc.rows[at].get(3) in ("22",) or doc.transaction[:2] == "27", _flag)


def _npi(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    number = doc.rows[at].get(9)
    made = number[:-1] + (str((int(number[-1]) + rng.randint(1, 9)) % 10) if rest == "digit" else "")
    return put(doc, at, 9, 0, made)


_where("any-npi", lambda doc, at: doc.rows[at].get(8) == "XX", _npi)


def _zip(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    state = reference.state(doc.rows[at].get(2))
    assert state
    made = rng.choice([code for code in ("100010001", "900010001", "606010001", "331010001") if not state.has_zip(code)])
    return put(doc, at, 3, 0, made)


_where("any-zip", lambda doc, at: reference.state(doc.rows[at].get(2)) is not None and bool(doc.rows[at].get(3)), _zip)


def _verdict(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    row = doc.rows[at]
    return put(doc, at, 1, 0, "A" if int(row.get(4)) < int(row.get(2)) else "R")


_where("any-verdict", lambda doc, at: True, _verdict)


def _no_first(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str | bool:
    if doc.marks.component not in doc.rows[at].get(7):
        return False
    return put(doc, at, 7, 1, "")


_where("any-no-first", lambda doc, at: True, _no_first)


def _modifiers(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    qualifier, code, *_ = doc.rows[at].get(1).split(doc.marks.component)
    put(doc, at, 1, 0, doc.marks.component.join((qualifier, code, *rest.split(":"))))
    return "SV101-4"


_where("any-modifiers", lambda doc, at: True, _modifiers)


def _swap(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str:
    one, other = rest.split()
    return put(doc, at, place, part, other if value_at(doc, at, place, part) == one else one)


_where("any-swap", lambda doc, at: True, _swap)


def _same_turn(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str | bool:
    own = next(row.get(1) for row in reversed(doc.rows[:at]) if row.name == "SBR" and row.loop == "2000B")
    return put(doc, at, 1, 0, own) if own in "PST" else False


_where("any-same-turn", lambda doc, at: True, _same_turn)


def _too_early(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str | bool:
    admitted = [doc.rows[one] for one in claim_rows(doc, at) if doc.rows[one].name == "DTP" and doc.rows[one].get(1) == "435"]
    return put(doc, at, 3, 0, "20200101") if admitted else False


_where("any-before-admission", lambda doc, at: True, _too_early)


def _later_start(doc: Doc, at: int, place: int, part: int, rest: str, rng: random.Random) -> str | bool:
    ends = [doc.rows[one] for one in claim_rows(doc, at) if doc.rows[one].name == "DTM" and doc.rows[one].get(1) == "233"]
    return put(doc, at, 2, 0, "20271231") if ends else False


_where("any-later-start", lambda doc, at: True, _later_start)


def _drop_all(where_loop: tuple[str, ...]) -> Verb:
    def act(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
        found = [at for at in inside(doc) if doc.rows[at].loop in where_loop]
        if not found:
            return None
        rows = claim_rows(doc, rng.choice(found))
        kept = [at for at in rows if not doc.rows[at].loop.startswith("21") or doc.rows[at].loop.startswith("2100")]
        if len(kept) == len(rows):
            return None
        low, end = rows[0], rows[-1] + 1
        doc.rows[low:end] = [doc.rows[at] for at in kept]
        return Spot(low + len(kept), low=low)

    return act


VERBS["any-drop-all"] = _drop_all(("2110C", "2110D"))
VERBS["any-drop-answers"] = _drop_all(("2110C", "2110D"))


@verb("any-drop-paid")
def _drop_paid(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = [at for at, _, _ in spots(doc, where) if doc.rows[at].get(4) not in ("0", "") and _has_sibling(doc, at)]
    if not found:
        return None
    at = rng.choice(found)
    del doc.rows[at : loop_end(doc, at)]
    return Spot(at)


def _has_sibling(doc: Doc, at: int) -> bool:
    return doc.rows[loop_end(doc, at)].name == "CLP" or doc.rows[at - 1].name != "LX"
