"""Addresses: the workbench, the API, accounts."""

from django.urls import include, path
from django.views.generic import TemplateView

from claimwright.office.api.api import api

closed = TemplateView.as_view(template_name="account/reset_closed.html")  # no mail leaves this machine

urlpatterns = [
    path("accounts/password/reset/", closed),
    path("accounts/email/", closed),
    path("accounts/", include("allauth.urls")),
    path("api/", api.urls),
    path("", include("claimwright.office.web.urls")),
]
