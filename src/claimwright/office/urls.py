"""Addresses: the workbench, the API, accounts."""

from django.urls import include, path

from claimwright.office.api.api import api

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/", api.urls),
    path("", include("claimwright.office.web.urls")),
]
