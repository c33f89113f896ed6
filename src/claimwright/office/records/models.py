"""Every table, for Django to find."""

from claimwright.office.records.billing import (  # noqa: F401
    Denial,
    Deposit,
    LedgerEntry,
    LedgerEvent,
    PatientPayment,
    PeriodClose,
    PostingRulesText,
    Remit,
    RemitClaimPart,
    RemitClaimRow,
    Statement,
)
from claimwright.office.records.claims import ClaimEvent, ClaimFinding, ClaimInquiry, ClaimLine, ClaimRecord  # noqa: F401
from claimwright.office.records.exchange import ControlNumber, DoneStep, File, Job  # noqa: F401
from claimwright.office.records.money import CreditReview, Refund, UnderpaidLine  # noqa: F401
from claimwright.office.records.patients import (  # noqa: F401
    Authorization,
    AuthorizationRequest,
    CoverageRecord,
    EligibilityCheck,
    Guarantor,
    Patient,
)
from claimwright.office.records.practice import (  # noqa: F401
    AccessLog,
    ApiToken,
    ContractRecord,
    IdempotencyKey,
    Location,
    Membership,
    PayerRecord,
    PlanRecord,
    Practice,
    PracticeRules,
    PriceRow,
    ProviderRecord,
    User,
)
from claimwright.office.records.visits import (  # noqa: F401
    Appointment,
    AuditChart,
    AuditSample,
    Charge,
    CodeDecision,
    CodeSuggestion,
    CodingChoice,
    DocumentRecord,
    Encounter,
    Estimate,
    PhysicianQuery,
)
