"""Addresses of patients and their coverages."""

from django.urls import path

from claimwright.office.web.patients import views

urlpatterns = [
    path("", views.listing, name="patients"),
    path("new/", views.register, name="register"),
    path("<int:pk>/", views.record, name="patient"),
    path("coverages/asked/", views.asked, name="asked"),
    path("<int:pk>/edit/", views.edit, name="edit-patient"),
    path("<int:pk>/coverages/new/", views.add_coverage, name="add-coverage"),
    path("<int:pk>/authorizations/new/", views.add_authorization, name="add-authorization"),
    path("<int:pk>/referrals/new/", views.add_referral, name="add-referral"),
    path("<int:pk>/authorizations/ask/", views.ask_authorization, name="ask-authorization"),
    path("coverages/<int:pk>/correct/", views.correct_coverage, name="correct-coverage"),
    path("coverages/<int:pk>/end/", views.end_coverage, name="end-coverage"),
    path("coverages/<int:pk>/verify/", views.verify_coverage, name="verify-coverage"),
]
