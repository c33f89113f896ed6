"""Addresses of the schedule."""

from django.urls import path

from claimwright.office.web.schedule import views

urlpatterns = [
    path("", views.day, name="schedule"),
    path("book/", views.book, name="book"),
    path("verify/", views.verify_day, name="verify-day"),
    path("visits/<int:pk>/", views.visit, name="visit"),
    path("visits/<int:pk>/check-in/", views.check_in, name="check-in"),
    path("visits/<int:pk>/cancel/", views.cancel, name="cancel-visit"),
    path("visits/<int:pk>/verify/", views.verify, name="verify-visit"),
    path("visits/<int:pk>/note/", views.add_note, name="add-note"),
    path("visits/<int:pk>/estimate/", views.estimate, name="estimate"),
    path("estimates/<int:pk>.pdf", views.estimate_pdf, name="estimate-pdf"),
]
