"""Why an eligibility question got no answer, in our words, and what to do (271 AAA03)."""

from __future__ import annotations

from typing import Final

from claimwright.coverage.model import Rejection

_RETRY: Final = "Nothing is wrong with the patient's data: ask again later, or call the payer."
_ENROL: Final = "Check that this provider is enrolled with the payer for eligibility under the NPI that was sent."
_CARD: Final = "Compare with the insurance card, correct the registration, ask again."

REASONS: Final[dict[str, tuple[str, str]]] = {
    "04": ("more was asked than the payer allows at once", "Ask with fewer service types."),
    "15": ("a detail that the payer needs is missing", _CARD),
    "33": ("something sent was not as the payer expects", _CARD),
    "35": ("the payer answers no eligibility questions about this network", "Ask the plan that manages this network."),
    "41": ("this provider may not ask about this payer's members", _ENROL),
    "42": ("the payer cannot answer now", _RETRY),
    "43": ("the provider's identification is missing or wrong", _ENROL),
    "44": ("the provider's name is missing or wrong", _ENROL),
    "45": ("the provider's specialty is missing or wrong", _ENROL),
    "46": ("the provider's phone is missing or wrong", _ENROL),
    "47": ("the provider's state is missing or wrong", _ENROL),
    "48": ("a referring provider's identification is missing or wrong", "Enter the referring provider's NPI, ask again."),
    "49": ("the provider is not the patient's primary care physician", "See which physician the plan names, get a referral."),
    "50": ("the provider may not ask about this patient", _ENROL),
    "51": ("the payer does not know this provider", _ENROL),
    "52": ("the service dates are before the provider's contract", _ENROL),
    "53": ("the benefit asked about is not one that the payer reports", "Ask about general coverage (service type 30)."),
    "54": ("the requested benefit needs other data", "Ask about general coverage (service type 30)."),
    "55": ("the product or plan is not one that the payer answers for", "Look for the right payer on the card."),
    "56": ("the date is not in the right form", "Correct the date, ask again."),
    "57": ("the date asked about is missing or wrong", "Correct the date, ask again."),
    "58": ("the patient's birth date is missing or wrong", _CARD),
    "60": ("the birth date is after the date asked about", "Correct the birth date, ask again."),
    "61": ("the patient had died before the date asked about", "Check the patient's record and the date."),
    "62": ("the date is further back than the payer answers", "Call the payer for old dates."),
    "63": ("the date lies in the future", "Ask again nearer to the visit."),
    "64": ("the patient's identification is missing or wrong", _CARD),
    "65": ("the patient's name is missing or wrong", _CARD),
    "66": ("the patient's sex is missing or wrong", _CARD),
    "67": ("the payer does not find the patient", _CARD),
    "68": ("the payer has this patient's identification twice", "Call the payer to say which record is right."),
    "69": ("the patient's age does not fit the benefit", _CARD),
    "70": ("the patient's sex does not fit the benefit", _CARD),
    "71": ("the birth date is not the one that the payer has", _CARD),
    "72": ("the member id is missing or not in this payer's form", _CARD),
    "73": ("the name is not the one that the payer has", _CARD),
    "74": ("the subscriber's sex is not the one that the payer has", _CARD),
    "75": ("the payer does not find a subscriber with this member id", _CARD + " If the card agrees, ask for a newer card."),
    "76": ("the payer has this member id twice", "Call the payer to say which record is right."),
    "77": ("the payer finds the subscriber but not this dependent", "Check who holds the policy, and the relationship."),
    "78": ("the subscriber is not in the group or plan named", "Compare the group number with the card."),
    "79": ("the payer's identification is not one that the receiver knows", "Check the payer id in the payer directory."),
    "80": ("the receiver cannot reach the payer", _RETRY),
    "T4": ("the payer's name or id is missing", "Check the payer id in the payer directory."),
}

_FOLLOW_UP: Final = {
    "C": "correct and ask again",
    "N": "the payer will not answer this again",
    "R": "asking again is allowed",
    "S": "do not ask again, the payer is looking into it",
    "W": "wait 30 days before asking again",
    "X": "wait 10 days before asking again",
    "Y": "do not ask again, the payer answers by itself",
    "P": "ask again with the original question",
}


def explained(rejection: Rejection) -> tuple[str, str]:
    """What went wrong and what to do next, as two plain sentences."""
    words, step = REASONS.get(rejection.reason, (f"the payer gave reason {rejection.reason}", "Call the payer."))
    said = rejection.follow_up == "C" and "ask again" in step
    after = "" if said else _FOLLOW_UP.get(rejection.follow_up)
    return f"No answer: {words}.", f"{step} ({after.capitalize()}.)" if after else step
