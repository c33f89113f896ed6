"""The REST API: a router a resource, every call through the same workflow verbs and reports as the workbench."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from claimwright import __version__
from claimwright.office.api.access import Bearer
from claimwright.office.api.balances import router as balances
from claimwright.office.api.claims import router as claims
from claimwright.office.api.encounters import router as encounters
from claimwright.office.api.files import router as files
from claimwright.office.api.patients import router as patients
from claimwright.office.workflow.errors import Refused

api = NinjaAPI(
    title="claimwright",
    version=__version__,
    description="Patients, coverages, encounters, codes, claims, files, remittances and balances. Amounts are whole cents. "
    "Authorize with a token from Settings; send an Idempotency-Key with every write and a repeat gets the first answer.",
    docs_url="docs",
    auth=Bearer(),
    urls_namespace="api",
)
api.add_router("/v1", patients, tags=["patients"])
api.add_router("/v1", encounters, tags=["encounters"])
api.add_router("/v1", claims, tags=["claims"])
api.add_router("/v1", files, tags=["files and remittances"])
api.add_router("/v1", balances, tags=["balances"])


@api.exception_handler(Refused)
def refused(request: HttpRequest, problem: Refused) -> HttpResponse:
    """What the practice's rules do not allow now: 409 with the sentence a user can act on."""
    return api.create_response(request, {"detail": str(problem)}, status=409)
