"""Addresses of the coding workbench."""

from django.urls import path

from claimwright.office.web.coding import live, second, views

urlpatterns = [
    path("", views.listing, name="coding"),
    path("<int:pk>/", views.screen, name="code"),
    path("<int:pk>/find/", views.find, name="find-code"),
    path("<int:pk>/try/", live.try_codes, name="try-codes"),
    path("<int:pk>/tabular/", live.tabular, name="tabular"),
    path("<int:pk>/risk/", live.risk, name="chart-risk"),
    path("<int:pk>/suggest/", views.suggest, name="suggest"),
    path("<int:pk>/ask/", views.ask, name="ask"),
    path("questions/", second.questions, name="questions"),
    path("audits/", second.audits, name="audits"),
    path("audits/draw/", second.draw, name="draw-sample"),
    path("audits/<int:pk>/", second.blind, name="audit-chart"),
    path("choices/", second.export, name="export-choices"),
    path("queries/<int:pk>/answer/", views.answer, name="answer"),
]
