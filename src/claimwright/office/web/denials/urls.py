"""Addresses of denials."""

from django.urls import path

from claimwright.office.web.denials import views

urlpatterns = [
    path("", views.listing, name="denials"),
    path("<int:pk>/", views.denial, name="denial"),
    path("<int:pk>/work/", views.work, name="work-denial"),
    path("<int:pk>/take/", views.take, name="take-denial"),
]
