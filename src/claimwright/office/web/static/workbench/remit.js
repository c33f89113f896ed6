// Remittances by keyboard: p posts, m matches, o opens the claim (or the payment beside the list), u undoes, a posts what was undone again, x ticks; digits match; the paper form adds up as one types.
"use strict";

const inFocus = () => document.activeElement?.closest?.(".clp");

function openWith(box) {
  if (!box) return false;
  box.open = true;
  box.querySelector("input:not([type=hidden])")?.focus();
  return true;
}

function undoHere() {
  const row = inFocus();
  if (document.activeElement.closest("[data-list]")) return false; // a payment of the list, which may not be the one shown
  if (!row) return openWith(document.querySelector("[data-undo-all]"));
  row.open = true;
  return openWith(row.querySelector("[data-undo]"));
}

// The candidate with this number: what it still asks for, or its button; the digit again, or Enter, posts.
function candidate(number) {
  const box = document.querySelector(`[data-candidate="${number}"]`);
  if (!box) return;
  const form = box.querySelector("form");
  const why = form.querySelector('[name="despite"]');
  const button = form.querySelector("button");
  box.scrollIntoView({ block: "nearest" });
  if (why && !why.value) why.focus();
  else if (document.activeElement === button) form.requestSubmit(button);
  else button.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input:not([type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const row = inFocus();
  let done = true;
  if (event.key === "p") document.querySelector("[data-post]:not(:disabled)")?.click();
  else if (event.key === "m" && row?.dataset.match) location.assign(row.dataset.match);
  else if (event.key === "o" && row?.dataset.claim) location.assign(row.dataset.claim);
  else if (event.key === "o" && !row && document.querySelector("[data-whole]")) document.querySelector("[data-whole]").click();
  else if (event.key === "u") done = undoHere();
  else if (event.key === "a" && (row || document).querySelector("[data-again]")) (row || document).querySelector("[data-again]").click();
  else if (event.key === "b") done = openWith(document.querySelector("[data-owe]"));
  else if (event.key === "x" && document.querySelector("[data-aside]")) done = openWith(document.querySelector("[data-aside]"));
  else if (event.key === "x") {
    const box = document.activeElement?.closest?.("tr")?.querySelector('input[type="checkbox"]');
    if (box) box.click();
  } else if (event.key === "f" && document.querySelector("[data-find]")) document.querySelector("[data-find]").select();
  else if (/^[1-8]$/.test(event.key) && document.querySelector("[data-candidate]")) candidate(event.key);
  else done = false;
  if (done) event.preventDefault();
});

// Back at the decision that something was done with, or at its field that is wrong: once the browser has gone to the fragment.
addEventListener("load", () => setTimeout(() => {
  const row = location.hash.startsWith("#clp-") && document.getElementById(location.hash.slice(1));
  if (row) (row.querySelector('[aria-invalid="true"]') || row.querySelector("summary")).focus();
}));

// Ticked payments are what the button posts.
const ticks = () => [...document.querySelectorAll('input[name="remit"]')];
const words = document.querySelector("[data-post-words]");
const allWords = words?.textContent;
document.addEventListener("change", (event) => {
  if (!words || !event.target.matches('input[name="remit"]')) return;
  const count = ticks().filter((box) => box.checked).length;
  words.textContent = count ? `Post ${count} ticked` : allWords;
});

// Paper: what is typed, in cents; allowed makes the write-off, and what is left is paid.
const paper = document.querySelector("[data-paper]");
const centsOf = (text) => Math.round(Number(String(text).replace(/[$,\s]/g, "").replace("−", "-")) * 100) || 0;
const asTyped = (cents) => (cents / 100).toFixed(2);
const shown = (cents) => `${cents < 0 ? "−" : ""}$${(Math.abs(cents) / 100).toLocaleString("en-US", { minimumFractionDigits: 2 })}`;

function fillLine(line, typed) {
  const field = (name) => line.querySelector(`[data-part="${name}"]`);
  const own = (name) => field(name) === typed && (field(name).dataset.own = "1");
  own("contract");
  own("paid");
  const worth = (name) => centsOf(field(name).value);
  const others = [...field("other").value.matchAll(/-?\$?[\d,]*\.\d{1,2}(?=\D|$)/g)].reduce((sum, [text]) => sum + centsOf(text), 0);
  const patient = worth("deductible") + worth("coinsurance") + worth("copay");
  if (!/\d/.test(field("allowed").value)) return;
  if (!field("contract").dataset.own) field("contract").value = asTyped(worth("charge") - worth("allowed"));
  if (!field("paid").dataset.own) field("paid").value = asTyped(worth("charge") - worth("contract") - patient - others);
}

function addUp() {
  let all = 0;
  paper.querySelectorAll("section.card").forEach((card) => {
    const told = card.querySelector("[data-claim-sum]");
    if (!told) return;
    const paid = [...card.querySelectorAll('[data-part="paid"]')].reduce((sum, field) => sum + centsOf(field.value), 0);
    told.textContent = `${shown(paid)} paid`;
    all += paid;
  });
  const beside = [...paper.querySelectorAll("[data-effect]")].reduce((sum, field) => sum + centsOf(field.value), 0);
  const check = centsOf(document.getElementById("paid").value);
  const rest = check - all - beside;
  const told = paper.querySelector("[data-check-sum]");
  told.textContent = `${shown(all)} by claims${beside ? `, ${shown(beside)} beside them` : ""}, ${rest ? `${shown(rest)} left to find` : check ? "all of the check" : "the check's amount is not told yet"}`;
  told.classList.toggle("good", !rest && check > 0);
}

if (paper) {
  paper.addEventListener("input", (event) => {
    const line = event.target.closest("[data-line]");
    if (line) fillLine(line, event.target);
    addUp();
  });
  paper.querySelectorAll('[data-part="contract"], [data-part="paid"]').forEach((field) => field.value && (field.dataset.own = "1"));
  paper.querySelector("[data-add-claim]")?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    paper.requestSubmit(paper.querySelector('[value="find"]'));
  });
  addUp();
  // Where typing goes on: what to choose from, the payer of a new paper, else the first amount that is empty.
  const empty = [...paper.querySelectorAll('#trace, #paid, [data-part="allowed"]')].find((field) => !field.value);
  const begun = paper.querySelector("[data-line]") || document.getElementById("trace").value;
  if (!paper.querySelector('[aria-invalid="true"]')) (paper.querySelector('[value^="choose:"]') || (begun ? empty : document.getElementById("payer")))?.focus();
}
