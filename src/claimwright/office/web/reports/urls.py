"""Addresses of the dashboard."""

from django.urls import path

from claimwright.office.web.reports import views

urlpatterns = [path("", views.dashboard, name="reports")]
