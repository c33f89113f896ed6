"""Addresses of the money pages: each under the workbench where people look for it."""

from django.urls import path

from claimwright.office.web.money import credits, ledger, patients, underpayments

urlpatterns = [
    path("remittances/underpayments/", underpayments.listing, name="underpayments"),
    path("remittances/underpayments/work/", underpayments.work, name="work-underpayments"),
    path("remittances/underpayments/tolerance/", underpayments.tolerance, name="underpaid-tolerance"),
    path("remittances/credits/", credits.listing, name="credits"),
    path("remittances/credits/review/", credits.review, name="review-credit"),
    path("remittances/refunds/", credits.refunds, name="refunds"),
    path("remittances/refunds/propose/", credits.propose, name="propose-refund"),
    path("remittances/refunds/<int:pk>/approve/", credits.approve, name="approve-refund"),
    path("remittances/refunds/<int:pk>/issue/", credits.issue, name="issue-refund"),
    path("remittances/refunds/<int:pk>/decline/", credits.decline, name="decline-refund"),
    path("remittances/refunds/<int:pk>/cancel/", credits.cancel, name="cancel-refund"),
    path("reports/ledger/", ledger.balances, name="ledger"),
    path("reports/ledger/entries/", ledger.entries, name="ledger-entries"),
    path("reports/ledger/events/<int:pk>/", ledger.event, name="ledger-event"),
    path("reports/periods/", ledger.periods, name="periods"),
    path("reports/periods/close/", ledger.close, name="close-period"),
    path("reports/periods/<int:pk>/reopen/", ledger.reopen, name="reopen-period"),
    path("patients/<int:pk>/ledger/", patients.patient, name="patient-ledger"),
    path("statements/guarantors/<int:pk>/ledger/", patients.guarantor, name="guarantor-ledger"),
]
