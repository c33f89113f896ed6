"""The MS-DRG of a stay and what moved it: every secondary code left out in turn, and what a hospital-acquired condition undid.

The grouping is the `msdrg` package's; what is ours is the question asked of it again and again. It holds no relative weights:
those come with CMS Table 5, as an argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from claimwright.coding import grouper
from claimwright.parties import Sex, Struct

Role = Literal["principal", "MCC", "CC", "procedure", "none"]
CITES = "CMS MS-DRG Definitions Manual"
EXCLUDED = ("EXCLUDED", "CC_EXCLUDED", "CC_EXCLUDED_BY_DRG_LOGIC")


class StayDiagnosis(Struct):
    """A diagnosis of a stay. `poa`: Y, N, U, W; 1 or nothing where the code is exempt."""

    code: str
    poa: str = ""


class Stay(Struct):
    """What grouping asks of a stay; the first diagnosis is the principal one."""

    on: date  # discharge
    diagnoses: tuple[StayDiagnosis, ...]
    procedures: tuple[str, ...] = ()
    age: int = 65  # completed years at admission
    sex: Sex = "U"
    discharge_status: str = "01"  # NUBC patient discharge status: 01 home, 20 died
    hac_exempt: bool = False  # a hospital to which the HAC payment rule does not apply


class Effect(Struct):
    """What one code does to the DRG. `drg_without` is None where the stay cannot be grouped without it."""

    code: str
    system: Literal["ICD-10-CM", "ICD-10-PCS"]
    role: Role
    drg_without: int | None
    moves: bool
    why: str


class Acquired(Struct):
    """A hospital-acquired condition of the CMS list among the diagnoses."""

    code: str
    number: int
    title: str
    applied: bool  # its CC or MCC no longer counts
    why: str


class Grouping(Struct):
    """A DRG with its reasons."""

    version: int  # 440 is v44.0
    drg: int
    title: str
    mdc: int | None
    mdc_title: str
    severity: Literal["MCC", "CC", "NONE"]
    drg_before_hac: int
    weight: Decimal | None
    effects: tuple[Effect, ...]
    acquired: tuple[Acquired, ...]
    problems: tuple[str, ...]

    @property
    def grouped(self) -> bool:
        """Whether there is a DRG to bill: 998 and 999 are none."""
        return self.drg < 998


def group(stay: Stay, weights: Mapping[int, Decimal] | None = None) -> Grouping:
    """Group a stay and explain it. Raises NoVersion for a date without tables, ValueError for a stay without diagnoses."""
    if not stay.diagnoses:
        raise ValueError("a stay needs a principal diagnosis to be grouped")
    answer = _ask(stay)
    drg = answer["final_drg"]
    return Grouping(
        version=grouper.version_on(stay.on),
        drg=drg,
        title=answer["final_drg_description"] or "",
        mdc=answer["final_mdc"],
        mdc_title=answer["final_mdc_description"] or "",
        severity=answer["final_severity"],
        drg_before_hac=answer["initial_drg"],
        weight=(weights or {}).get(drg),
        effects=tuple(_effects(stay, answer)),
        acquired=tuple(_acquired(stay, answer)),
        problems=tuple(_problems(stay, answer)),
    )


def _ask(stay: Stay) -> dict[str, Any]:
    return grouper.grouped(
        stay.on,
        tuple((one.code, one.poa) for one in stay.diagnoses),
        stay.procedures,
        age=stay.age,
        sex=stay.sex,
        discharge_status=stay.discharge_status,
        hac_exempt=stay.hac_exempt,
    )


def _without(items: Sequence[Any], place: int) -> tuple[Any, ...]:
    return (*items[:place], *items[place + 1 :])


def _effects(stay: Stay, answer: dict[str, Any]) -> list[Effect]:
    """Each code with the DRG the stay would have had without it."""
    drg = answer["final_drg"]
    told = {one["code"]: one for one in answer["sdx_output"]}
    roles = [_severity(told.get(one.code.replace(".", ""), {}), answer) for one in stay.diagnoses]
    effects = [
        Effect(stay.diagnoses[0].code, "ICD-10-CM", "principal", None, True, f"principal diagnosis: MDC {answer['final_mdc']}")
    ]
    for place, one in enumerate(stay.diagnoses[1:], 1):
        other = _ask(msgspec.structs.replace(stay, diagnoses=_without(stay.diagnoses, place)))["final_drg"]
        role, why = roles[place]
        if other != drg:
            why = f"{why}; without it the DRG is {other}"
        elif role != "none":
            shared = ", as does another code" if [held for held, _ in roles[1:]].count(role) > 1 else ""
            why = f"{why}{shared}; without it the DRG stays {drg}"
        effects.append(Effect(one.code, "ICD-10-CM", role, other, other != drg, why))
    marked = {one["code"] for one in answer["proc_output"] if one["drg_impact"] in ("BOTH", "FINAL")}
    for place, code in enumerate(stay.procedures):
        other = _ask(msgspec.structs.replace(stay, procedures=_without(stay.procedures, place)))["final_drg"]
        acts = other != drg or code in marked
        why = (
            f"without it the DRG is {other}"
            if other != drg
            else "the DRG's logic names it"
            if acts
            else "does not affect this DRG"
        )
        effects.append(Effect(code, "ICD-10-PCS", "procedure" if acts else "none", other, other != drg, why))
    return effects


def _severity(output: dict[str, Any], answer: dict[str, Any]) -> tuple[Role, str]:
    """MCC, CC or neither as it counts in this stay, and why."""
    listed, flags = output.get("severity", "NONE"), output.get("flags", [])
    if "VALID" not in flags:
        return "none", "not a valid code on the day of discharge"
    if listed == "NONE":
        return "none", "neither CC nor MCC"
    if any(flag in flags for flag in EXCLUDED):
        return "none", f"{listed} by the list, excluded beside this principal diagnosis or DRG"
    if "DEATH_EXCLUSION" in flags:
        return "none", f"{listed} only for a patient discharged alive"
    if any(one["hac_status"] == "HAC_CRITERIA_MET" for one in output.get("hacs", [])) and _hac_rule(answer):
        return "none", f"{listed} by the list, not counted: hospital-acquired"
    return listed, f"counts as {listed}"


def _hac_rule(answer: dict[str, Any]) -> bool:
    return answer["grouper_flags"]["hac_status_value"] in ("FINAL_DRG_CHANGES", "FINAL_DRG_NO_CHANGE", "FINAL_DRG_UNGROUPABLE")


def _acquired(stay: Stay, answer: dict[str, Any]) -> list[Acquired]:
    poa = {one.code.replace(".", ""): one for one in stay.diagnoses}
    found = []
    for output in answer["sdx_output"]:
        for one in output["hacs"]:
            diagnosis = poa.get(output["code"])
            if one["hac_status"] != "HAC_CRITERIA_MET" or diagnosis is None:
                continue
            changed = answer["initial_drg"] != answer["final_drg"]
            effect = (
                f"DRG {answer['initial_drg']} becomes {answer['final_drg']}"
                if changed
                else f"the DRG stays {answer['final_drg']}"
            )
            why = f"on the list of hospital-acquired conditions, present on admission {diagnosis.poa or 'not told'}: {effect}"
            found.append(Acquired(diagnosis.code, one["hac_number"], one["description"], changed, why))
    return found


def _problems(stay: Stay, answer: dict[str, Any]) -> list[str]:
    """What the grouper could not use, in words."""
    problems = []
    code = answer["return_code"]
    if code != "OK":
        problems.append(f"not grouped: {code.replace('_', ' ').lower()}")
    given = {one.code.replace(".", ""): one.code for one in stay.diagnoses}
    outputs = [answer["pdx_output"], *answer["sdx_output"]]
    problems += [
        f"{given[one['code']]} is not a valid diagnosis on {stay.on}" for one in outputs if one and "VALID" not in one["flags"]
    ]
    problems += [
        f"{one} is not a valid ICD-10-PCS code on {stay.on}"
        for one in stay.procedures
        if not grouper.valid_procedure(one, stay.on)
    ]
    for output in answer["sdx_output"]:
        if output["poa_error"] == "POA_NOT_RECOGNIZED":
            problems.append(
                f"{given[output['code']]} is on the list of hospital-acquired conditions: say whether present on admission"
            )
    return problems
