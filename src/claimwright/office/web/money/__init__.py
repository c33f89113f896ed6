"""Money in the workbench: underpayments, credits and refunds, the ledger, closed periods, the patient's own ledger."""
