"""The rows of a decision's lines, as said and as planned: built here, since a template takes ten times as long for a thousand."""

from collections.abc import Iterable, Iterator
from html import escape

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from claimwright.office.reports.remittance_review import Decision
from claimwright.office.reports.remittances import ClaimShown, LineShown, parked
from claimwright.office.web.templatetags.workbench import carc, money, rarc, some, spoken
from claimwright.remits.decide import PlannedLine

register = template.Library()


@register.simple_tag(takes_context=True)
def parked_count(context: Context) -> int:
    """How many decisions wait for a person."""
    return parked(context["request"].practice).count()


def _num(*cells: str) -> str:
    """Cells of amounts, which need no escaping."""
    return "".join(f'<td class="num">{cell}</td>' for cell in cells)


def _why(sentences: Iterable[str]) -> str:
    return "".join(f'<div class="small">{escape(spoken(said))}</div>' for said in sentences)


@register.simple_tag
def said_rows(shown: ClaimShown) -> SafeString:
    """What the payer said of each line, and of the claim as a whole, a row each."""
    reasons: dict[str, str] = {}  # the payer says the same few reasons on most lines
    return mark_safe("".join([_said(row, reasons) for row in shown.lines] + [_whole(row, reasons) for row in shown.whole]))


def _said(row: LineShown, reasons: dict[str, str]) -> str:
    line = row.line
    code = escape("-".join((line.procedure, *line.modifiers)))
    billed = f'<span class="why">billed as {escape(line.submitted_procedure)}</span>' if line.submitted_procedure else ""
    why = [
        f'<div class="small">{_reason(one.group, one.reason, reasons)} <span class="muted">{money(one.amount)}</span></div>'
        for one in line.adjustments
    ]
    why += [
        f'<div class="small muted"><span class="tag">{escape(remark)}</span> {escape(rarc(remark))}</div>'
        for remark in line.remarks
    ]
    amounts = _num(money(line.charge), money(line.allowed), *_carried(row), money(line.paid))
    return f'<tr><th scope="row"><span class="code strong">{code}</span>{billed}</th><td>{"".join(why)}</td>{amounts}</tr>'


@register.simple_tag
def said_sums(shown: ClaimShown) -> SafeString:
    """The claim's own figures under its lines, which add up to them."""
    said, sums = shown.said, shown.together
    why = "charge = adjusted + other + patient + paid"
    if sums.patient != said.patient_share:
        why += f"; the payer says {money(said.patient_share)} for the patient"
    amounts = _num(money(said.charge), money(shown.allowed), *_carried(sums), money(said.paid))
    return mark_safe(f'<tr><th scope="row">Claim</th><td><span class="why">{why}</span></td>{amounts}</tr>')


def _carried(row: LineShown) -> Iterator[str]:
    return map(some, (row.contractual, row.other, row.patient))


def _whole(row: LineShown, reasons: dict[str, str]) -> str:
    """An adjustment of the whole claim, in the column of who carries it."""
    said = _reason(row.line.group, row.line.reason, reasons)
    return f'<tr><th scope="row">Whole claim</th><td class="small">{said}</td>{_num("", "", *_carried(row), "")}</tr>'


def _reason(group: str, reason: str, known: dict[str, str]) -> str:
    """A reason by its code and in words."""
    if (code := f"{group}·{reason}") not in known:
        known[code] = f'<span class="tag">{escape(code)}</span> {escape(carc(reason))}'
    return known[code]


@register.simple_tag
def planned_rows(one: Decision) -> SafeString:
    """What posts on each line, a row each, and what is said of the whole claim."""
    rows = []
    for part in one.parts:
        rows += [_planned(line) for line in part.lines]
        rows += [f'<tr><td colspan="8" class="small">{escape(spoken(why))}</td></tr>' for why in part.why]
    return mark_safe("".join(rows))


def _planned(line: PlannedLine) -> str:
    amounts = _num(money(line.open_before), *map(some, (line.paid, line.contractual, line.patient, line.to_next_payer)))
    left = f'<td class="num{" warn" if line.left_open else ""}">{some(line.left_open)}</td>'
    code = f'<th scope="row"><span class="code strong">{escape(line.procedure)}</span></th>'
    return f"<tr>{code}<td>{_why(line.why)}</td>{amounts}{left}</tr>"
