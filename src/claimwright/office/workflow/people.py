"""Who works here: accounts, roles, and the tokens that act for them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from claimwright.office.records.models import ApiToken, Membership, Practice, User
from claimwright.office.records.practice import Role
from claimwright.office.workflow.errors import Refused


@transaction.atomic
def add_person(
    *, practice: Practice, by: User | None, today: date, username: str, first: str, last: str, role: str, password: str
) -> Membership:
    """Give someone an account in the practice, with a first password that they change themselves."""
    if not username.strip() or role not in Role.values:
        raise Refused("A login and a role are needed.")
    if User.objects.filter(username__iexact=username.strip()).exists():
        raise Refused(f"The login {username.strip()} is taken.")
    try:
        validate_password(password, User(username=username.strip(), first_name=first.strip(), last_name=last.strip()))
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages)) from None
    user = User.objects.create_user(
        username=username.strip(), password=password, first_name=first.strip(), last_name=last.strip()
    )
    return Membership.objects.create(user=user, practice=practice, role=role)


@transaction.atomic
def change_person(*, practice: Practice, by: User | None, today: date, membership_id: int, role: str, active: bool) -> Membership:
    """Change someone's role, or close their account; the practice always keeps an administrator."""
    one = Membership.objects.select_related("user").filter(practice=practice, pk=membership_id).first()
    if one is None or role not in Role.values:
        raise Refused("There is no such person or role in this practice.")
    others = Membership.objects.filter(practice=practice, role=Role.ADMINISTRATOR, user__is_active=True).exclude(pk=one.pk)
    if (role != Role.ADMINISTRATOR or not active) and not others.exists():
        raise Refused("The practice needs an administrator; make someone else one first.")
    one.role = role
    one.save(update_fields=["role"])
    if one.user.is_active != active:
        one.user.is_active = active
        one.user.save(update_fields=["is_active"])
        one.user.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    return one


@transaction.atomic
def make_token(*, practice: Practice, by: User, today: date, label: str) -> str:
    """A new API token of the caller. It is returned once; only its digest is kept."""
    if not label.strip():
        raise Refused("Name what the token is for.")
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    ApiToken.objects.create(user=by, digest=digest, label=label.strip()[:40], created_at=timezone.now())
    return token


@transaction.atomic
def revoke_token(*, practice: Practice, by: User, today: date, token_id: int) -> None:
    """End a token: one's own, or as administrator anyone's of the practice."""
    token = ApiToken.objects.filter(pk=token_id, user__membership__practice=practice).first()
    if token is None or (token.user_id != by.pk and by.membership.role != Role.ADMINISTRATOR):
        raise Refused("Only its owner or an administrator ends a token.")
    ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=timezone.now())
