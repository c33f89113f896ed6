"""Who calls, for which practice, in which role; and writes that happen once."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from ninja import Field, Path, Schema, Status
from ninja.errors import HttpError
from ninja.pagination import LimitOffsetPagination
from ninja.security import HttpBearer

from claimwright.office.records.models import AccessLog, ApiToken, IdempotencyKey, Patient, Practice, User
from claimwright.office.records.practice import Role

FRONT = (Role.FRONT_DESK, Role.MANAGER, Role.ADMINISTRATOR)
CODERS = (Role.CODER, Role.MANAGER, Role.ADMINISTRATOR)
BILLERS = (Role.BILLER, Role.MANAGER, Role.ADMINISTRATOR)
CHART = (*CODERS, Role.BILLER)  # claims and codes, as in the workbench
ANYONE = tuple(Role)


Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
"""A row's number in a path, within what the databases hold."""


class Call(HttpRequest):
    """A request that has been let in."""

    user: User  # type: ignore[assignment]
    practice: Practice
    role: str


class Page(LimitOffsetPagination):
    """`limit` and `offset`, within what the databases count."""

    class Input(Schema):
        limit: int = Field(50, ge=1, le=500)
        offset: int = Field(0, ge=0, le=2**31 - 1)


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN`; only the token's SHA-256 is kept."""

    def __init__(self, roles: tuple[str, ...] = ANYONE) -> None:
        super().__init__()
        self.roles = roles

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's user with a membership; None turns into 401."""
        digest = hashlib.sha256(token.encode()).hexdigest()
        found = (
            ApiToken.objects.select_related("user__membership__practice")
            .filter(digest=digest, revoked_at=None, user__is_active=True, user__membership__isnull=False)
            .first()
        )
        if found is None:
            return None
        request.user = found.user
        request.practice = found.user.membership.practice  # type: ignore[attr-defined]
        request.role = found.user.membership.role  # type: ignore[attr-defined]
        if request.role not in self.roles:  # type: ignore[attr-defined]
            names = ", ".join(Role(role).label.lower() for role in self.roles)
            raise HttpError(403, f"This needs one of the roles: {names}.")
        return found.user


def allow(*roles: str) -> Bearer:
    """Only these roles; others get 403 that says which, before anything else is looked at."""
    return Bearer(roles)


def once(operation: Callable[..., Any]) -> Callable[..., Any]:
    """A write with an Idempotency-Key happens once: the same key and request get the first answer, another request 422."""

    @functools.wraps(operation)
    def guarded(request: Call, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return operation(request, *args, **kwargs)
        if len(key) > 80:
            raise HttpError(400, "Idempotency-Key is longer than 80 characters.")
        digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
        with transaction.atomic():
            try:
                with transaction.atomic():
                    kept = IdempotencyKey.objects.create(user=request.user, key=key, request_digest=digest, status=0, body={})
            except IntegrityError:
                return _repeat(IdempotencyKey.objects.get(user=request.user, key=key), digest)
            answer = operation(request, *args, **kwargs)
            kept.status, kept.body = answer.status_code, answer.value
            kept.save(update_fields=["status", "body"])
            return answer

    return guarded


def _repeat(kept: IdempotencyKey, digest: str) -> Status[Any]:
    if kept.request_digest != digest:
        raise HttpError(422, "This Idempotency-Key was used for another request.")
    return Status(kept.status, kept.body)


def saw(request: Call, patient: Patient, what: str) -> None:
    """Keep who looked at a patient's record (45 CFR 164.312(b))."""
    AccessLog.objects.create(practice=request.practice, user=request.user, patient=patient, what=f"API: {what}")
