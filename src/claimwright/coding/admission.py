"""Hospital stays: uncertain diagnoses as if they existed (OCG II.H, III.C), and what was treated until it resolved (III)."""

from __future__ import annotations

from claimwright.coding.mentions import Reading

AS_IF = "ICD-10-CM OCG II.H, III.C (inpatient: an uncertain diagnosis at discharge is coded as if it existed)"
# only when confirmed, inpatient too: HIV, COVID-19, Zika, novel and identified influenza (I.C.1.a, I.C.1.f, I.C.1.g, I.C.10.c)
CONFIRMED_ONLY = ("B20", "Z21", "U07.1", "J12.82", "A92.5", "J09", "J10")


def as_if_established(reading: Reading) -> None:
    """At discharge "probable pneumonia" is pneumonia, and "acute kidney injury, resolved" was treated in the stay."""
    for mention in reading.mentions:
        sentence = reading.sentence(mention)
        decided = sentence.section in ("assessment", "impression") and not mention.template.startswith(CONFIRMED_ONLY)
        if mention.assertion in ("uncertain", "resolved") and decided:
            mention.assertion = "affirmed"
