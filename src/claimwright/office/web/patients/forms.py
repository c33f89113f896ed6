"""Registration: patient, guarantor, coverages."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet

from claimwright.office.clock import today
from claimwright.office.records.models import CoverageRecord, Guarantor, Location, Patient, PlanRecord, Practice, ProviderRecord
from claimwright.office.workflow.authorizations import WantedService
from claimwright.parties import Address, Insured, Person

SEX = [("F", "Female"), ("M", "Male"), ("U", "Unknown")]
RELATIONSHIP = [("18", "Self"), ("01", "Spouse"), ("19", "Child"), ("G8", "Other")]
DAY = {"type": "date"}
CASE = ("case_number", "accident_on", "accident_state")
STATE = RegexValidator(r"^[A-Za-z]{2}$", "Two letters, like IL.")


class Period(forms.Form):
    """Where a form has a first and a last day, the last is not before the first."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("start") and said.get("end") and said["end"] < said["start"]:
            self.add_error("end", "The last day lies before the first.")
        return said


class PersonForm(forms.Form):
    """A person's own facts. Amount of detail as the 837 needs it."""

    last = forms.CharField(label="Last name", max_length=60)
    first = forms.CharField(label="First name", max_length=35)
    middle = forms.CharField(label="Middle name", max_length=25, required=False)
    birth = forms.DateField(label="Birth date", widget=forms.DateInput(attrs=DAY))
    sex = forms.ChoiceField(choices=SEX)
    line1 = forms.CharField(label="Street", max_length=55)
    line2 = forms.CharField(label="Apartment, suite", max_length=55, required=False)
    city = forms.CharField(max_length=30)
    state = forms.CharField(max_length=2, min_length=2, validators=[STATE])
    zip = forms.CharField(label="ZIP", max_length=10, validators=[RegexValidator(r"^\d{5}(-?\d{4})?$", "Five or nine digits.")])
    phone = forms.CharField(max_length=16, required=False, validators=[RegexValidator(r"^\D*(\d\D*){10}$", "Ten digits.")])

    def clean_birth(self) -> date:
        birth: date = self.cleaned_data["birth"]
        if birth > today():
            raise forms.ValidationError("The birth date lies in the future.")
        return birth

    def person(self) -> Person:
        """The core's person."""
        said = self.cleaned_data
        address = Address(
            line1=said["line1"],
            line2=said["line2"],
            city=said["city"],
            state=said["state"].upper(),
            zip=said["zip"].replace("-", ""),
        )
        phone = "".join(letter for letter in said["phone"] if letter.isdigit())
        return Person(
            last=said["last"],
            first=said["first"],
            middle=said["middle"],
            birth=said["birth"],
            sex=said["sex"],
            address=address,
            phone=phone,
        )


class PatientForm(PersonForm):
    email = forms.EmailField(required=False)
    history = forms.CharField(label="Medical history as told", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    therapies = forms.CharField(label="Therapies and medicines", widget=forms.Textarea(attrs={"rows": 3}), required=False)


class HomeForm(forms.Form):
    """Who pays, and who sees the patient here."""

    payer = forms.ChoiceField(
        label="Guarantor", choices=[("self", "The patient"), ("known", "Someone already registered"), ("other", "Someone else")]
    )
    known = forms.ModelChoiceField(Guarantor.objects.none(), label="Registered guarantor", required=False, empty_label="–")
    provider = forms.ModelChoiceField(ProviderRecord.objects.none(), label="Primary provider", required=False, empty_label="–")
    location = forms.ModelChoiceField(Location.objects.none(), required=False, empty_label="–")
    namesake = forms.BooleanField(label="Another person of the same name and birth date", required=False)

    def __init__(self, practice: Practice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["known"].queryset = Guarantor.objects.filter(practice=practice).order_by("last", "first")  # type: ignore[attr-defined]
        self.fields["provider"].queryset = ProviderRecord.objects.filter(practice=practice)  # type: ignore[attr-defined]
        self.fields["location"].queryset = Location.objects.filter(practice=practice)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("payer") == "known" and not said.get("known"):
            self.add_error("known", "Choose the guarantor.")
        return said


class OfCoverage(Period):
    """What is said of any coverage. The last three are of an insurer of work or a car: what it pays for is one accident."""

    member_id = forms.CharField(label="Member id, as on the card", max_length=30)
    group_number = forms.CharField(max_length=30, required=False)
    start = forms.DateField(label="In force from", widget=forms.DateInput(attrs=DAY))
    end = forms.DateField(label="Until", widget=forms.DateInput(attrs=DAY), required=False)
    referral_number = forms.CharField(max_length=30, required=False)
    case_number = forms.CharField(label="The insurer's claim number", max_length=30, required=False)
    accident_on = forms.DateField(label="Accident on", widget=forms.DateInput(attrs=DAY), required=False)
    accident_state = forms.CharField(label="In the state", max_length=2, required=False, validators=[STATE])

    @property
    def of_an_accident(self) -> bool:
        """Whether any of the last three is said."""
        return any(self[name].value() or self[name].errors for name in CASE)


class CoverageForm(OfCoverage):
    plan = forms.ModelChoiceField(PlanRecord.objects.none(), empty_label="Choose")
    order = forms.TypedChoiceField(
        label="Pays", choices=[(1, "First (primary)"), (2, "Second (secondary)"), (3, "Third (tertiary)")], coerce=int
    )
    relationship = forms.ChoiceField(label="The patient is the subscriber's", choices=RELATIONSHIP)

    def __init__(self, practice: Practice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = (
            PlanRecord.objects.filter(practice=practice)
            .exclude(kind="SELF_PAY")
            .select_related("payer")
            .order_by("payer__name", "name")
        )
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]
        self.fields["plan"].label_from_instance = lambda row: f"{row.payer} · {row.name}"  # type: ignore[attr-defined]

    def insured(self, patient: Patient, subscriber: Person | None) -> Insured:
        """The subscriber: the patient, or the person given."""
        said = self.cleaned_data
        return Insured(
            person=subscriber or person_of(patient),
            member_id=said["member_id"].strip(),
            relationship=said["relationship"],
            group_number=said["group_number"],
        )


def person_of(row: Patient | Guarantor) -> Person:
    """A record's person."""
    address = Address(line1=row.line1, line2=row.line2, city=row.city, state=row.state, zip=row.zip) if row.line1 else None
    return Person(
        last=row.last, first=row.first, middle=row.middle, birth=row.birth, sex=row.sex, address=address, phone=row.phone
    )  # type: ignore[arg-type]


class CorrectForm(OfCoverage):
    """What is usually wrong on a coverage. The subscriber and plan are changed by ending it and adding another."""


class AuthorizationForm(Period):
    plan = forms.ModelChoiceField(PlanRecord.objects.none(), empty_label="Choose")
    number = forms.CharField(max_length=30)
    procedure = forms.CharField(max_length=5, min_length=5)
    units = forms.IntegerField(min_value=1, initial=1)
    start = forms.DateField(label="From", widget=forms.DateInput(attrs=DAY))
    end = forms.DateField(label="Until", widget=forms.DateInput(attrs=DAY))

    def __init__(self, patient: Patient, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = PlanRecord.objects.filter(coveragerecord__patient=patient).distinct()
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]


class ReferralForm(Period):
    """What the referral says, in the order in which it is read."""

    coverage = forms.ModelChoiceField(CoverageRecord.objects.none(), empty_label=None)
    number = forms.CharField(label="Payer's number", max_length=30)
    referred_by = forms.CharField(label="Referring provider", max_length=80)
    referring_npi = forms.CharField(
        label="Their NPI", required=False, max_length=10, validators=[RegexValidator(r"^\d{10}$", "Ten digits.")]
    )
    start = forms.DateField(label="From", widget=forms.DateInput(attrs=DAY))
    end = forms.DateField(label="Until", widget=forms.DateInput(attrs=DAY))
    visits = forms.IntegerField(label="Visits allowed", min_value=1, max_value=999)

    def __init__(self, patient: Patient, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coverage"].queryset = _insured(patient)  # type: ignore[attr-defined]
        self.fields["coverage"].label_from_instance = lambda row: f"{row.plan.payer} · {row.plan}"  # type: ignore[attr-defined]
        self.fields["number"].widget.attrs["autofocus"] = True


def _insured(patient: Patient) -> QuerySet[CoverageRecord]:
    """The coverages with a payer, who pays first on top."""
    covers = CoverageRecord.objects.filter(patient=patient).exclude(plan__kind="SELF_PAY").select_related("plan__payer")
    return covers.order_by("order", "-start")


PLACES = [
    ("11", "Office"),
    ("10", "Telehealth, patient at home"),
    ("22", "Hospital outpatient"),
    ("24", "Surgery centre"),
    ("12", "Home"),
]


class AskForm(Period):
    """What a payer is asked to authorize."""

    coverage = forms.ModelChoiceField(CoverageRecord.objects.none(), empty_label=None)
    services = forms.CharField(max_length=120)
    diagnoses = forms.CharField(max_length=120)
    start = forms.DateField(label="From", widget=forms.DateInput(attrs=DAY))
    end = forms.DateField(label="Until", widget=forms.DateInput(attrs=DAY))
    place = forms.ChoiceField(label="Where", choices=PLACES)
    provider = forms.ModelChoiceField(ProviderRecord.objects.none(), label="Who does it", required=False, empty_label="–")

    def __init__(self, patient: Patient, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coverage"].queryset = _insured(patient)  # type: ignore[attr-defined]
        self.fields["coverage"].label_from_instance = lambda row: f"{row.plan.payer} · {row.plan}"  # type: ignore[attr-defined]
        self.fields["provider"].queryset = ProviderRecord.objects.filter(practice=patient.practice)  # type: ignore[attr-defined]

    def clean_services(self) -> list[WantedService]:
        """ "20610x2 94060" as services and units."""
        found = []
        for word in self.cleaned_data["services"].upper().replace(",", " ").split():
            code, times, count = word.partition("X")
            if times and not count.isdigit():
                raise forms.ValidationError("Procedure codes; units after an x: 20610x2")
            found.append(WantedService(code, int(count) if times else 1))
        return found

    def clean_diagnoses(self) -> list[str]:
        return str(self.cleaned_data["diagnoses"]).upper().replace(",", " ").split()
