"""Does a remittance add up: payment, claim, line? If not, where, in words that name the segment (835 guide, 1.10.2.1)."""

from __future__ import annotations

from claimwright.claims.model import Adjustment
from claimwright.money import Cents, dollars
from claimwright.remits.model import RemitClaim, Remittance


def adjusted(adjustments: tuple[Adjustment, ...]) -> Cents:
    """The sum of adjustments."""
    return sum(adjustment.amount for adjustment in adjustments)


def payment_fault(remit: Remittance) -> str:
    """Why the payment (BPR02) is not the claims (CLP04) less the provider adjustments (PLB); empty when it is."""
    if remit.balanced:
        return ""
    claims = sum(claim.paid for claim in remit.claims)
    provider = adjusted_provider(remit)
    return (
        f"BPR02 says {dollars(remit.paid)} was paid, but the claims (CLP04) come to {dollars(claims)} "
        f"less provider adjustments (PLB) {dollars(provider)}, which is {dollars(claims - provider)}."
    )


def adjusted_provider(remit: Remittance) -> Cents:
    """The sum of PLB amounts: positive lowers the payment."""
    return sum(adjustment.amount for adjustment in remit.provider_adjustments)


def claim_faults(claim: RemitClaim) -> tuple[str, ...]:
    """Each place where a claim does not add up; nothing when it does."""
    found: list[str] = []
    for place, line in enumerate(claim.lines, 1):
        if not line.balanced:
            rest = line.charge - adjusted(line.adjustments)
            found.append(
                f"SVC {place} ({line.procedure or line.revenue_code}): charge {dollars(line.charge)} less CAS "
                f"{dollars(adjusted(line.adjustments))} is {dollars(rest)}, but SVC03 says {dollars(line.paid)}."
            )
    if claim.lines:
        charged, paid = sum(line.charge for line in claim.lines), sum(line.paid for line in claim.lines)
        if charged != claim.charge:
            found.append(f"CLP03 says {dollars(claim.charge)} was charged, the SVC lines come to {dollars(charged)}.")
        if paid != claim.paid + adjusted(claim.adjustments):
            found.append(
                f"CLP04 says {dollars(claim.paid)} was paid, the SVC lines come to {dollars(paid)} "
                f"less claim-level CAS {dollars(adjusted(claim.adjustments))}."
            )
    elif claim.charge - adjusted(claim.adjustments) != claim.paid:
        rest = claim.charge - adjusted(claim.adjustments)
        found.append(
            f"CLP03 {dollars(claim.charge)} less CAS {dollars(adjusted(claim.adjustments))} is {dollars(rest)}, "
            f"but CLP04 says {dollars(claim.paid)}."
        )
    return tuple(found)
