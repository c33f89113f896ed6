"""The coding page in a real browser: what lights up, what is found by words, what the codes would do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Enter = Callable[[str], Page]
SELECT = """text => {
  const note = document.querySelector(".note-text");
  const walker = document.createTreeWalker(note, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(text);
    if (at < 0) continue;
    getSelection().setBaseAndExtent(node, at, node, at + text.length);
    note.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
    return true;
  }
  return false;
}"""


def chart(page: Page, workbench: str, why: str) -> None:
    page.goto(f"{workbench}/coding/?sort=value")
    row = page.locator("tr", has_text=why)
    if not row.count():
        page.goto(f"{workbench}/coding/?state=coded")
    page.locator("tr", has_text=why).first.get_by_role("link").click()
    expect(page.locator("#live dl")).to_be_visible()


def test_a_code_lights_its_words_and_shows_the_tabular_list_in_place(enter: Enter, workbench: str) -> None:
    page = enter("coder")
    chart(page, workbench, "Sinus pressure")
    page.locator("[data-codes=dx] .coded").first.hover()
    expect(page.locator(".note-text mark.lit").first).to_have_text(re.compile("[Ss]inusitis"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("t")
    expect(page.locator(".tabular")).to_contain_text("Excludes1")
    page.keyboard.press("t")
    expect(page.locator(".tabular")).to_have_count(0)


def test_words_of_the_note_are_looked_up_and_stay_with_the_code(enter: Enter, workbench: str) -> None:
    page = enter("coder")
    chart(page, workbench, "Sinus pressure")
    assert page.evaluate(SELECT, "Pharynx")
    expect(page.locator("#find-code")).to_have_value("Pharynx")
    page.locator("#find-code").fill("")
    assert page.evaluate(SELECT, "double worsening")
    expect(page.locator("#find-code")).to_have_value("double worsening")


def test_a_level_too_high_is_told_with_its_money_and_a_rejection_takes_a_reason(enter: Enter, workbench: str) -> None:
    page = enter("coder")
    chart(page, workbench, "Sinus pressure")
    page.keyboard.press("e")
    expect(page.locator(".note-text .shown").first).to_be_visible()
    page.locator("[data-grade]").nth(0).select_option("4")
    page.locator("[data-grade]").nth(2).select_option("4")
    expect(page.locator("[data-reached]")).to_contain_text("level 5")
    page.locator("[data-take-level]").click()
    expect(page.locator("#live")).to_contain_text("too much")
    page.locator("[data-codes=dx] .coded").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("3")
    expect(page.locator(".coded:focus .verdict")).to_have_text("rejected: history only")


@pytest.mark.parametrize("width", [900, 1440])
def test_note_and_codes_stand_side_by_side_and_what_is_found_comes_into_view(enter: Enter, workbench: str, width: int) -> None:
    page = enter("coder")
    page.set_viewport_size({"width": width, "height": 700})
    chart(page, workbench, "Sinus pressure")
    note, codes = (page.locator(one).first.bounding_box() for one in (".note-text", ".coded"))
    assert note and codes and codes["x"] > note["x"] + note["width"] and codes["y"] < 400
    page.keyboard.press("f")
    page.keyboard.type("knee pain")
    page.wait_for_selector("#found [data-add]")
    found, box = page.locator("#found").bounding_box(), page.locator("#find-code").bounding_box()
    assert found and box and box["y"] > 48 and found["y"] + found["height"] <= 700


def test_on_a_narrow_screen_the_note_stays_above_its_codes(enter: Enter, workbench: str) -> None:
    page = enter("coder")
    page.set_viewport_size({"width": 760, "height": 800})
    chart(page, workbench, "Sinus pressure")
    page.locator("[data-codes=dx] .coded").last.focus()
    lit, note = page.locator("mark.lit").first.bounding_box(), page.locator(".notes").bounding_box()
    assert lit and note and note["y"] <= lit["y"] <= note["y"] + note["height"] <= 800


def test_fields_that_cannot_be_are_named_at_once(enter: Enter, workbench: str) -> None:
    page = enter("coder")
    chart(page, workbench, "Sinus pressure")
    service = page.locator("[data-codes=services] .coded").first
    service.locator("input[name=units]").fill("-3")
    service.locator("input[name=dx]").fill("A99.9")
    expect(page.locator("#live")).to_contain_text("number above zero")
    expect(page.locator("#live")).to_contain_text("A99.9, which is not among")
    page.keyboard.press("Control+Enter")
    expect(service.locator("input[name=units]")).to_be_focused()
