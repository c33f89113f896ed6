// Held claims by keyboard: f applies the fix of the claim in focus, x ticks it, a ticks what has a fix, b previews, c checks.
"use strict";

const KEPT = "held-row"; // where the biller was, so that a fix does not lose the place
const rowLinks = () => [...document.querySelectorAll(".card [data-row]")];
const rowInFocus = () => document.activeElement?.closest("tr");

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("tr")?.querySelector("[data-row]");
  if (row) sessionStorage.setItem(KEPT, `${rowLinks().indexOf(row)} ${row.dataset.row}`);
});

// The same claim, or the one that took its place.
function returnToRow() {
  if (document.activeElement && document.activeElement !== document.body) return;
  const [at, name] = (sessionStorage.getItem(KEPT) || "").split(" ");
  const links = rowLinks();
  const same = links.find((link) => link.dataset.row === name) || links[Math.min(Number(at) || 0, links.length - 1)];
  if (name) same?.focus({ preventScroll: true });
}
addEventListener("pageshow", returnToRow);
document.addEventListener("htmx:afterSwap", returnToRow);

const tickAll = () => document.querySelectorAll("input[data-fixable]").forEach((box) => (box.checked = true));
document.querySelector("[data-tick-all]")?.addEventListener("click", tickAll);

function send(selector) {
  const ticks = [...document.querySelectorAll('input[name="pick"]')];
  const here = rowInFocus()?.querySelector('input[name="pick"]');
  if (!ticks.some((box) => box.checked) && here) here.checked = true; // nothing ticked: the one in focus is meant
  document.querySelector(selector)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input:not([type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const row = rowInFocus();
  if (event.key === "f") row?.querySelector("[data-fix]")?.click();
  else if (event.key === "x") {
    const box = row?.querySelector('input[name="pick"]');
    if (box) box.checked = !box.checked;
  } else if (event.key === "a") tickAll();
  else if (event.key === "b") send("[data-preview]");
  else if (event.key === "c") send("[data-check]");
  else if (event.key === "e") row?.closest(".card")?.querySelector("[data-edit]")?.click();
});
