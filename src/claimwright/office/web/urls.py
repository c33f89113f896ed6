"""The workbench's addresses: a folder a workbench."""

from django.urls import include, path

from claimwright.office.web.help import views as help_views

urlpatterns = [
    path("", include("claimwright.office.web.today.urls")),
    path("", include("claimwright.office.web.money.urls")),
    path("schedule/", include("claimwright.office.web.schedule.urls")),
    path("patients/", include("claimwright.office.web.patients.urls")),
    path("coding/", include("claimwright.office.web.coding.urls")),
    path("claims/", include("claimwright.office.web.claims.urls")),
    path("remittances/", include("claimwright.office.web.remittances.urls")),
    path("denials/", include("claimwright.office.web.denials.urls")),
    path("statements/", include("claimwright.office.web.statements.urls")),
    path("reports/", include("claimwright.office.web.reports.urls")),
    path("settings/", include("claimwright.office.web.settings.urls")),
    path("find/", help_views.palette, name="palette"),
    path("help/keys/", help_views.keys, name="keys"),
    path("codes/<str:code>/", help_views.code, name="code-page"),
]
