"""Booking a visit, and what an estimate is for."""

from typing import Any

from django import forms

from claimwright.office.records.models import Location, Patient, Practice, ProviderRecord

MINUTES = [(10, "10 min"), (15, "15 min"), (20, "20 min"), (30, "30 min"), (40, "40 min"), (60, "60 min")]


class BookForm(forms.Form):
    patient = forms.ModelChoiceField(Patient.objects.none(), empty_label="Choose")
    provider = forms.ModelChoiceField(ProviderRecord.objects.none(), empty_label="Choose")
    location = forms.ModelChoiceField(Location.objects.none(), empty_label="Choose")
    on = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    start = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time", "step": "300"}))
    minutes = forms.TypedChoiceField(label="Length", choices=MINUTES, coerce=int, initial=20)
    reason = forms.CharField(max_length=120)
    setting = forms.ChoiceField(label="Where", choices=[("office", "In the office"), ("telehealth", "By video")])
    new_patient = forms.BooleanField(label="New patient", required=False)
    beside = forms.BooleanField(label="Book it beside the provider's other visit", required=False)

    def __init__(self, practice: Practice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["patient"].queryset = Patient.objects.filter(practice=practice).order_by("last", "first")  # type: ignore[attr-defined]
        self.fields["patient"].label_from_instance = lambda row: f"{row} · {row.mrn}"  # type: ignore[attr-defined]
        self.fields["provider"].queryset = ProviderRecord.objects.filter(practice=practice).order_by("last")  # type: ignore[attr-defined]
        self.fields["location"].queryset = Location.objects.filter(practice=practice).order_by("name")  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    kind = forms.ChoiceField(
        choices=[
            ("progress", "Progress note"),
            ("procedure", "Procedure note"),
            ("laboratory", "Laboratory report"),
            ("radiology", "Radiology report"),
            ("other", "Other"),
        ]
    )
    title = forms.CharField(max_length=80)
    text = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 12}))
