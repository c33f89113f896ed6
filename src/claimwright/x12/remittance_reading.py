"""835 (005010X221A1): payments from a file, each claim guarded from its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from claimwright.findings import Finding
from claimwright.parties import Payer, Struct
from claimwright.remits.model import ProviderAdjustment, RemitClaim, RemitLine, Remittance
from claimwright.x12.branches import Branch, Layout, Slots, branches
from claimwright.x12.located import Place, cut_off, value
from claimwright.x12.tokens import Segment, Source
from claimwright.x12.values import (
    UnreadableError,
    address_of,
    adjustments_of,
    amount,
    date8,
    day,
    padded,
    phone_of,
    quantity,
    unreadable,
)

LAYOUT = Layout(
    transactions=frozenset({"835"}),
    branches=frozenset({"HEADER", "1000A", "1000B", "2000", "2100", "FOOTER"}),
    by_qualifier=frozenset({"REF", "DTM", "AMT", "NM1", "PER"}),
    many=frozenset({"CAS", "LQ", "PLB"}),
)
_NONE: Segment = []
_ONE = Decimal(1)


class ReadRemittance(Struct):
    """One payment as read; claims that could not be read are named in the findings."""

    remittance: Remittance | None
    findings: tuple[Finding, ...] = ()
    first_line: int = 0
    interchange: str = ""
    group: str = ""
    set_control: str = ""
    version: str = ""


def read_835(source: Source) -> Iterator[Remittance]:
    """Every payment of an 835 file that can be read; `read_remittances` also tells what cannot."""
    return (one.remittance for one in read_remittances(source) if one.remittance is not None)


def read_remittances(source: Source) -> Iterator[ReadRemittance]:
    """Every payment of an 835 file with what could not be read of it."""
    reader: _Reader | None = None
    for place, branch in branches(source, LAYOUT):
        if branch.loop == "HEADER" and (reader is None or reader.head["HEADER"] is not branch):
            reader = _Reader(place, branch)
            reader.strays(branch)
        elif reader is not None and branch.loop == "2100":
            reader.claim(branch)
        elif reader is not None and branch.loop == "SE":
            yield reader.finish(branch)
            reader = None
        elif reader is not None:
            reader.take(branch)


class _Reader:
    """Gathers one set."""

    def __init__(self, place: Place, header: Branch) -> None:
        self.place, self.line = place, header.line
        self.separator = place.delimiters.component
        self.head = {"HEADER": header}
        self.claims: list[RemitClaim] = []
        self.findings: list[Finding] = []
        self.provider_adjustments: list[ProviderAdjustment] = []

    def take(self, branch: Branch) -> None:
        """What stands before or after the claims."""
        if branch.loop != "FOOTER":
            self.head.setdefault(branch.loop, branch)
            self.strays(branch)
            return
        try:
            self._footer(branch.find("FOOTER").get("PLB", ()))
        except UnreadableError as error:
            self._note(branch, error, "")

    def claim(self, branch: Branch) -> None:
        """One claim, or the finding that says why it is none."""
        head = branch.loops[0][2]
        try:
            self.claims.append(self._claim(head, [slots for loop, _, slots in branch.loops if loop == "2110"]))
        except UnreadableError as error:
            self._note(branch, error, value(head.get("CLP", _NONE), 1))

    def strays(self, branch: Branch) -> None:
        """Claims that stand before any LX, where the guide has none: read all the same, and told; services of no claim."""
        element = self.place.delimiters.element
        names = [row.partition(element)[0] for row in branch.rows]
        if "CLP" not in names and "SVC" not in names:
            return
        if "SVC" in names and "CLP" not in names[: names.index("SVC")]:
            said = "A service (SVC) stands before any claim (CLP): nothing of it can be posted."
            self._tell("out-of-place", "error", said, "Ask the payer which claim it belongs to.", segment="SVC", line=branch.line)
        for head, lines in _claims_in([row.split(element) for row in branch.rows]):
            number = value(head.get("CLP", _NONE), 1)
            try:
                self.claims.append(self._claim(head, lines))
            except UnreadableError as error:
                self._note(branch, error, number)
                continue
            said = "The claim (CLP) stands outside of a header number (LX); it was read all the same."
            fix = "Tell the payer that LX is missing."
            self._tell("out-of-place", "warning", said, fix, segment="CLP", line=branch.line, claim=number)

    def _tell(self, code: str, severity: str, message: str, fix: str, *, segment: str, line: int, claim: str = "") -> None:
        """Something of the payment that is not as the guide has it; what can be read of it was read."""
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                message=message,
                fix=fix,
                segment=segment,
                line=line,
                transaction="835",
                version=self.place.version,
                claim=claim,
            )
        )

    def _note(self, branch: Branch, error: UnreadableError, claim: str) -> None:
        line, loop = branch.place_of(error.segment, error.row, self.place.delimiters.element)
        where = {"transaction": "835", "version": self.place.version, "claim": claim}
        self.findings.append(unreadable(error, line=line, loop=loop, **where))

    def _footer(self, rows: Sequence[Segment]) -> None:
        for row in rows:
            for at in range(3, len(row), 2):
                if row[at]:
                    reason, _, rest = row[at].partition(self.separator)
                    self.provider_adjustments.append(
                        ProviderAdjustment(
                            npi=value(row, 1),
                            fiscal_period_end=date8(value(row, 2)),
                            reason=reason,
                            reference=rest,
                            amount=amount(row, at + 1),
                        )
                    )

    def finish(self, end: Branch) -> ReadRemittance:
        """The payment, when its set ends; none to post where the set breaks off."""
        remittance: Remittance | None = None
        header = self.head["HEADER"]
        where = {"transaction": "835", "version": self.place.version, "claim": ""}
        try:
            if end.cut:
                self.findings.append(cut_off(line=end.line, what="this payment was not read", **where))
            else:
                remittance = self._remittance(header.find("HEADER"), self._slots("1000A"), self._slots("1000B"))
                if not remittance.trace:
                    said = "The payment has no trace number (TRN02): no deposit can be matched with it by itself."
                    fix = "Match its deposit by hand, and ask the payer for it."
                    self._tell("trace-missing", "warning", said, fix, segment="TRN", line=self.line)
        except UnreadableError as error:
            self.findings.append(unreadable(error, line=header.line, loop="", **where))
        return ReadRemittance(
            remittance=remittance,
            findings=tuple(self.findings),
            first_line=self.line,
            interchange=value(self.place.interchange, 13),
            group=value(self.place.group, 6),
            set_control=value(self.place.set, 2),
            version=self.place.version,
        )

    def _slots(self, loop: str) -> Slots:
        return self.head[loop].find(loop) if loop in self.head else {}

    def _remittance(self, header: Slots, payer: Slots, payee: Slots) -> Remittance:
        bank, trace = padded(header.get("BPR", _NONE), 16), padded(header.get("TRN", _NONE), 3)
        if "BPR" not in header:
            raise UnreadableError("BPR", "BPR", "BPR is missing: nothing tells what was paid, and when.")
        pays, paid = padded(payer.get("N1", _NONE), 4), padded(payee.get("N1", _NONE), 4)
        produced = value(header.get("DTM*405", _NONE), 2)
        others = (bank[16], *bank[:9:-1], produced, value(self.place.group, 4))
        paid_on = next((on for on in map(date8, others) if on), None)  # BPR16, or what comes nearest where it is missing
        if paid_on is None:
            raise UnreadableError("BPR", "BPR16", "BPR16 (payment date) is missing or is not a date.")
        numbers = (value(row, 2) for slot, row in payer.items() if slot in ("REF*2U", "REF*NF", "REF*EO", "REF*HI"))
        return Remittance(
            payer=Payer(
                name=pays[2],
                payer_id=next(numbers, "") or pays[4] or trace[3],
                address=address_of(payer.get("N3", _NONE), payer.get("N4", _NONE)),
                phone=phone_of(payer.get("PER*BL", _NONE)),  # whom to call about the file
            ),
            payee_name=paid[2],
            payee_npi=paid[4] if paid[3] == "XX" else "",
            payee_ein=paid[4] if paid[3] == "FI" else value(payee.get("REF*TJ", _NONE), 2),
            trace=trace[2],
            originator=trace[3],
            paid=amount(header.get("BPR", _NONE), 2) * (-1 if bank[3] == "D" else 1),
            paid_on=paid_on,
            method=bank[4],
            handling=bank[1],
            produced_on=date8(produced),
            sender_routing=bank[7],
            sender_account=bank[9],
            receiver_routing=bank[13],
            receiver_account=bank[15],
            delivery=tuple(payee.get("RDM", _NONE)[1:]),
            claims=tuple(self.claims),
            provider_adjustments=tuple(self.provider_adjustments),
        )

    def _claim(self, head: Slots, lines: Sequence[Slots]) -> RemitClaim:
        row = head.get("CLP", _NONE)
        clp = row if len(row) > 9 else padded(row, 9)
        patient = padded(head.get("NM1*QC", _NONE), 9)
        fields: dict[str, Any] = {
            "patient_control_number": clp[1],
            "status": clp[2],
            "charge": amount(row, 3),
            "paid": amount(row, 4),
            "patient_share": amount(row, 5, 0),
            "filing_indicator": clp[6],
            "payer_control_number": clp[7],
            "place_of_service": clp[8],
            "frequency": clp[9],
            "drg": clp[11] if len(clp) > 11 else "",
            "patient_last": patient[3],
            "patient_first": patient[4],
            "member_id": patient[9] or value(head.get("NM1*IL", _NONE), 9),
        }
        if len(head) > 2 or "NM1*QC" not in head:  # more than CLP and the patient's name
            self._rest(head, fields)
        fields["lines"] = tuple([self._line(one) for one in lines])
        return RemitClaim(**fields)

    def _rest(self, head: Slots, fields: dict[str, Any]) -> None:
        """What fewer claims say."""
        if "NM1*82" in head:
            rendering = padded(head["NM1*82"], 9)
            fields["rendering_npi"] = rendering[9] if rendering[8] == "XX" else ""
            fields["rendering_name"] = rendering[3]
        if "NM1*TT" in head:
            fields["crossover_payer"] = Payer(name=value(head["NM1*TT"], 3), payer_id=value(head["NM1*TT"], 9))
        for slot, field in (("DTM*232", "first_service"), ("DTM*233", "last_service"), ("DTM*050", "received")):
            if slot in head:
                fields[field] = day(head[slot], 2)
        fields["adjustments"] = adjustments_of(head.get("CAS", ()))
        inpatient, outpatient = head.get("MIA", _NONE), head.get("MOA", _NONE)
        if inpatient or outpatient:
            fields["inpatient"], fields["outpatient"] = tuple(inpatient[1:]), _beyond_remarks(outpatient)
            remarks = [*padded(outpatient, 7)[3:8], value(inpatient, 5), *padded(inpatient, 23)[20:24]]
            fields["remarks"] = tuple(one for one in remarks if one)
        fields["interest"] = amount(head.get("AMT*I", _NONE), 2, 0)
        if "NM1*74" in head:
            fields["corrected_member_id"] = value(head["NM1*74"], 9)
        _said_too(head, fields, "AMT*I")

    def _line(self, slots: Slots) -> RemitLine:
        row = slots.get("SVC", _NONE)
        svc = row if len(row) > 6 else padded(row, 6)
        qualifier, code, modifiers = _procedure(svc[1], self.separator)
        fields: dict[str, Any] = {
            "qualifier": qualifier or "HC",
            "procedure": code,
            "modifiers": modifiers,
            "charge": amount(row, 2),
            "paid": amount(row, 3),
            "revenue_code": svc[4],
            "units": quantity(svc[5], _ONE) if svc[5] else _ONE,
        }
        if svc[6]:
            _, fields["submitted_procedure"], fields["submitted_modifiers"] = _procedure(svc[6], self.separator)
        if "CAS" in slots:
            fields["adjustments"] = adjustments_of(slots["CAS"])
        for slot, one in slots.items():
            if slot in _LINE_FIELDS:
                field, place, read = _LINE_FIELDS[slot]
                fields.setdefault(field, read(one, place))
        if "DTM*151" in slots:
            last = day(slots["DTM*151"], 2)
            fields["last_service"] = last if last != fields.get("first_service") else None
        if "LQ" in slots:
            fields["remarks"] = tuple(value(one, 2) for one in slots["LQ"] if value(one, 1) == "HE")
            fields["rejects"] = tuple(value(one, 2) for one in slots["LQ"] if value(one, 1) != "HE")
        _said_too(slots, fields, "AMT*B6", "REF*6R")
        return RemitLine(**fields)


# Which slot of loop 2110 is which field of the line: the element and how it is read.
_LINE_FIELDS: dict[str, tuple[str, int, Callable[[Segment, int], Any]]] = {
    "DTM*472": ("first_service", 2, day),
    "DTM*150": ("first_service", 2, day),
    "REF*6R": ("control_number", 2, value),
    "AMT*B6": ("allowed", 2, amount),
}


def _claims_in(rows: Sequence[Segment]) -> list[tuple[Slots, list[Slots]]]:
    """Claims and their lines from bare segments, each laid in its slot without the guide's help."""
    found: list[tuple[Slots, list[Slots]]] = []
    slots: Slots = {}
    for row in rows:
        name = row[0]
        if name in ("CLP", "SVC"):
            slots = {}
            if name == "CLP":
                found.append((slots, []))
            elif found:
                found[-1][1].append(slots)
        slot = f"{name}*{value(row, 1)}" if name in LAYOUT.by_qualifier else name
        if name in LAYOUT.many:
            slots.setdefault(slot, []).append(row)
        else:
            slots.setdefault(slot, row)
    return found


def _beyond_remarks(outpatient: Segment) -> tuple[str, ...]:
    """MOA where it says more than remarks."""
    row = padded(outpatient, 9)
    return tuple(outpatient[1:]) if any((row[1], row[2], row[8], row[9])) else ()


def _said_too(slots: Slots, fields: dict[str, Any], *told: str) -> None:
    """Amounts and references that no field of their own tells."""
    more = [(slot, one) for slot, one in slots.items() if slot[:4] in ("AMT*", "REF*") and slot not in told]
    if not more:
        return
    fields["references"] = tuple((slot[4:], value(one, 2)) for slot, one in more if slot[0] == "R")
    fields["amounts"] = tuple((slot[4:], amount(one, 2, 0)) for slot, one in more if slot[0] == "A")


@lru_cache(maxsize=4096)
def _procedure(composite: str, component: str) -> tuple[str, str, tuple[str, ...]]:
    """Qualifier, code and modifiers of a composite medical procedure identifier (C003)."""
    # Where a file says one separator in ISA16 and uses another, the code would be lost: no qualifier is longer than two.
    if len(composite) > 2 and component not in composite and not composite[2].isalnum():
        component = composite[2]
    parts = [*composite.split(component), ""]
    return parts[0], parts[1], tuple(one for one in parts[2:6] if one)
