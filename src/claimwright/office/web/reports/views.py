"""The dashboard: the practice's health, each figure a way to its claims."""

from django.http import HttpRequest, HttpResponse

from claimwright.office.clock import today
from claimwright.office.reports import claims as claim_reports
from claimwright.office.reports import firstpass, measures
from claimwright.office.web.access import BILLING, roles
from claimwright.office.web.shell import page


@roles(*BILLING)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Rates, aging, months, denials, the books."""
    aging = measures.aging(request.practice, today())
    causes = measures.denial_causes(request.practice)
    books = measures.check_ledger(request.practice)
    months = measures.months(request.practice)
    first = firstpass.by_month(request.practice)
    buckets = list(claim_reports.AGES)
    context = {
        "rates": measures.rates(request.practice, today()),
        "aging": aging,
        "buckets": buckets,
        "bucket_totals": [sum(row.buckets[place] for row in aging) for place in range(len(buckets))],
        "owed": sum(row.total for row in aging),
        "causes": causes,
        "first_pass": first,
        "first_pass_together": firstpass.together(first),
        "books": books,
        "states": claim_reports.by_state(request.practice),
        "months_chart": months,
        "months_table": list(zip(months["labels"], months["charges"], months["payments"], months["adjustments"], strict=True)),
        "causes_chart": {"labels": [row["category"] for row in causes], "values": [row["total"] for row in causes]},
    }
    return page(request, "reports/dashboard.html", context)
