"""Addresses of statements and guarantors' accounts."""

from django.urls import path

from claimwright.office.web.statements import views

urlpatterns = [
    path("", views.listing, name="statements"),
    path("issue/", views.issue, name="issue"),
    path("<int:pk>.pdf", views.statement_file, name="statement-pdf"),
    path("guarantors/<int:pk>/", views.account, name="guarantor"),
    path("guarantors/<int:pk>/pay/", views.pay, name="pay"),
    path("guarantors/<int:pk>/refund/", views.refund, name="refund"),
    path("events/<int:pk>/undo/", views.undo, name="undo"),
]
