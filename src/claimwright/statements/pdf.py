"""The statement on paper, with a slip to send back with a payment."""

from __future__ import annotations

from typing import Any

from claimwright.statements.model import StatementContent
from claimwright.typeset import address_lines, day, pdf, phone


def statement_pdf(content: StatementContent) -> bytes:
    """US Letter; the guarantor's address stands in the window of a #10 envelope, ours in the slip's."""
    return pdf("statements/statement.typ", _values(content))


def _values(content: StatementContent) -> dict[str, Any]:
    return {
        "number": content.number,
        "issued": day(content.issued_on),
        "due": day(content.due_on),
        "sender": {
            "name": content.sender.name,
            "lines": address_lines(content.sender.address),
            "phone": phone(content.sender.phone),
        },
        "guarantor": content.guarantor,
        "address": address_lines(content.address),
        "balance": content.balance,
        "unapplied": content.unapplied,
        "aging": [content.aging.current, content.aging.over_30, content.aging.over_60, content.aging.over_90],
        "visits": [
            {
                "patient": visit.patient,
                "on": day(visit.on),
                "provider": visit.provider,
                "due": visit.due,
                "lines": [
                    {
                        "service": line.service,
                        "charge": line.charge,
                        "plan": line.plan_paid + line.adjusted,
                        "paid": line.patient_paid,
                        "due": line.due,
                        "words": line.words,
                    }
                    for line in visit.lines
                ],
            }
            for visit in content.visits
        ],
        "payments": [{"on": day(one.on), "amount": one.amount, "words": one.words} for one in content.payments],
        "waiting": [{"patient": one.patient, "on": day(one.on), "plan": one.plan} for one in content.waiting],
    }
