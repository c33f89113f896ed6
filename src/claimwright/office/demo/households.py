"""Which households come to the practice: who belongs to them, who pays, and which plans cover whom."""

from __future__ import annotations

from claimwright.office.demo.plans import BRONZE, CHOICE, GOLD, HMO, PART_B, PLAN_G, SILVER, STATE
from claimwright.parties import Sex, Struct


class Role(Struct):
    """A person of a household. Ages in years; in the first household of its kind `months`, so that each note finds a patient."""

    youngest: int
    oldest: int
    sex: Sex = "U"
    relationship: str = "18"  # to the subscriber: 01 spouse, 19 child
    guarantor: int = 0  # place in the household
    patient: bool = True
    months: tuple[int, ...] = ()
    covered_by: tuple[str, ...] = ()  # policies in order, primary first


class Household(Struct):
    roles: tuple[Role, ...]
    policies: tuple[tuple[str, int], ...]  # policy and the place of its holder

    def holder(self, policy: str) -> int:
        """The place of who holds the policy."""
        return dict(self.policies)[policy]


def plan_of(policy: str) -> str:
    """The plan of a policy; `MCD/1` is a household's second policy of the plan MCD."""
    return policy.partition("/")[0]


def _alone(role: Role) -> Household:
    return Household(roles=(role,), policies=tuple((plan_id, 0) for plan_id in role.covered_by))


HOUSEHOLDS = (
    # A family on one PPO: the father subscribes, the mother and three children depend.
    Household(
        roles=(
            Role(youngest=32, oldest=52, sex="M", covered_by=(GOLD,)),
            Role(youngest=30, oldest=50, sex="F", relationship="01", guarantor=1, covered_by=(GOLD,)),
            Role(youngest=4, oldest=9, relationship="19", months=(66, 78), covered_by=(GOLD,)),
            Role(youngest=10, oldest=14, relationship="19", months=(136, 140), covered_by=(GOLD,)),
            Role(youngest=1, oldest=4, relationship="19", months=(30, 40), covered_by=(GOLD,)),
        ),
        policies=((GOLD, 0),),
    ),
    _alone(Role(youngest=67, oldest=84, sex="F", covered_by=(PART_B, PLAN_G))),
    _alone(Role(youngest=50, oldest=63, sex="M", covered_by=(HMO,))),
    # A mother with children on Medicaid: each has an own number, so each is a household's policy of one.
    Household(
        roles=(
            Role(youngest=22, oldest=38, sex="F", covered_by=(STATE,)),
            Role(youngest=1, oldest=3, sex="F", months=(13, 14), covered_by=(STATE + "/1",)),
            Role(youngest=6, oldest=10, sex="M", months=(90, 110), covered_by=(STATE + "/2",)),
        ),
        policies=((STATE, 0), (STATE + "/1", 1), (STATE + "/2", 2)),
    ),
    # Both parents have work and plans: each is secondary on the other's; the birthday rule orders the children's.
    Household(
        roles=(
            Role(youngest=30, oldest=48, sex="F", relationship="01", covered_by=(GOLD, CHOICE)),
            Role(youngest=30, oldest=50, sex="M", relationship="01", guarantor=1, covered_by=(CHOICE, GOLD)),
            Role(youngest=3, oldest=12, relationship="19", months=(86, 100), covered_by=(GOLD, CHOICE)),
        ),
        policies=((GOLD, 0), (CHOICE, 1)),
    ),
    # A retired couple: one with a Medigap policy, one without.
    Household(
        roles=(
            Role(youngest=68, oldest=80, sex="M", covered_by=(PART_B, PLAN_G)),
            Role(youngest=66, oldest=79, sex="F", guarantor=1, covered_by=(PART_B + "/1",)),
        ),
        policies=((PART_B, 0), (PLAN_G, 0), (PART_B + "/1", 1)),
    ),
    _alone(Role(youngest=24, oldest=60)),
    # A family in the HMO.
    Household(
        roles=(
            Role(youngest=30, oldest=55, sex="F", covered_by=(HMO,)),
            Role(youngest=52, oldest=62, sex="M", relationship="01", guarantor=1, covered_by=(HMO,)),
            Role(youngest=3, oldest=16, relationship="19", months=(160, 190), covered_by=(HMO,)),
        ),
        policies=((HMO, 0),),
    ),
    _alone(Role(youngest=28, oldest=62, sex="F", covered_by=(SILVER,))),
    Household(
        roles=(
            Role(youngest=45, oldest=63, sex="M", covered_by=(CHOICE,)),
            Role(youngest=45, oldest=63, sex="F", relationship="01", guarantor=1, covered_by=(CHOICE,)),
        ),
        policies=((CHOICE, 0),),
    ),
    _alone(Role(youngest=19, oldest=34, covered_by=(BRONZE,))),
    _alone(Role(youngest=70, oldest=90, sex="M", covered_by=(PART_B,))),
    _alone(Role(youngest=52, oldest=64, sex="F", covered_by=(SILVER,))),
)
