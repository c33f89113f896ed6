"""Addresses: the workbench, the API, accounts."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("claimwright.office.api.urls")),
    path("", include("claimwright.office.web.urls")),
]
