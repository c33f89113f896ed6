"""Addresses of Today."""

from django.urls import path

from claimwright.office.web.today import views

urlpatterns = [path("", views.today_page, name="today"), path("next-day/", views.next_day, name="next-day")]
