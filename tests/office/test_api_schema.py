"""Whatever is sent to any call of the API: never a server error, and answers as the schema promises (schemathesis)."""

import hashlib

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from claimwright.office.records.models import ApiToken, User

TOKEN = "schema-token"
pytestmark = pytest.mark.django_db


schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
operations = [result.ok() for result in schema.get_all_operations()]


@pytest.fixture
def token(demo_db):
    request_started.disconnect(close_old_connections)  # which would end the test's transaction
    request_finished.disconnect(close_old_connections)
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    user = User.objects.get(username="manager")
    ApiToken.objects.create(user=user, digest=digest, label="schema", created_at=timezone.now())
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("operation", operations, ids=lambda operation: operation.label)
def test_no_input_breaks_a_call(operation, token):
    @given(case=operation.as_strategy())
    @settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def sent(case):
        case.call_and_validate(
            headers={"Authorization": f"Bearer {TOKEN}"},
            checks=[not_a_server_error, response_schema_conformance, status_code_conformance],
        )

    sent()


def test_the_schema_names_every_resource():
    paths = " ".join(operation.path for operation in operations)
    for resource in ("patients", "coverages", "encounters", "codes", "claims", "files", "remittances", "balances"):
        assert f"/{resource}" in paths
