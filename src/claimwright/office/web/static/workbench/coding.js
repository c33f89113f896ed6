// The coding screen by keyboard: numbers accept, x rejects (a digit says why), r replaces, arrows move, alt+arrows reorder,
// s takes what is sure, m u p d modifiers, units, pointers, drug package, t the tabular list, e the level, f finds, q asks.
"use strict";

const form = document.getElementById("codes-form");
const finder = document.getElementById("find-code");
let replacing = null;
let awaiting = null; // the row just rejected: the next digit says why
let chosenWords = null; // {text, place} picked in the note: the next code added rests on them
let changed = false; // decided on this page and not saved yet

const rows = () => [...form.querySelectorAll(".coded")];

// Bring a code into view inside its own column, so that the note beside it does not jump.
function show(row) {
  row.focus({ preventScroll: true });
  reveal(row);
}
function reveal(part, upTo = part) {
  const box = part.closest(".codes");
  if (getComputedStyle(box).position !== "sticky") return upTo.scrollIntoView({ block: "nearest" });
  const [here, end, all] = [part.getBoundingClientRect(), upTo.getBoundingClientRect(), box.getBoundingClientRect()];
  const bottom = Math.min(all.bottom, innerHeight);
  if (here.top < all.top) box.scrollTop -= all.top - here.top + 8;
  else if (end.bottom > bottom) box.scrollTop += Math.min(end.bottom - bottom + 8, here.top - all.top - 28);
}

const hidden = (row, name) => row.querySelector(`[name="${name}"]`);

// What was only considered joins the other codes once it is taken.
function join(row) {
  if (row.parentElement.dataset.codes !== "considered") return;
  const list = form.querySelector(`[data-codes="${row.dataset.service ? "services" : "dx"}"]`);
  list.querySelector("[data-none]")?.remove();
  list.append(row);
}

function decide(row, decision, verdict) {
  changed = true;
  if (decision === "accepted") join(row);
  row.dataset.decision = decision;
  hidden(row, "decision").value = decision;
  row.querySelector(".verdict").textContent = verdict || decision;
  awaiting = decision === "rejected" && row.querySelector("select[name=why]") ? row : null;
  if (decision === "accepted" && row.dataset.service) fillSupport(row);
  tryCodes();
}

// A service needs the diagnoses that support it: by default the accepted ones, in order, at most four.
function fillSupport(row) {
  const box = hidden(row, "dx");
  const accepted = rows().filter((one) => !one.dataset.service && one.dataset.decision === "accepted").map((one) => hidden(one, "code").value);
  if (!box.value.trim()) box.value = accepted.slice(0, 4).join(" ");
}

function move(row, step) {
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other || !other.matches(".coded")) return;
  changed = true;
  step < 0 ? other.before(row) : other.after(row);
  show(row);
  tryCodes();
}

function startReplace(row) {
  replacing = row;
  document.getElementById("found").replaceChildren();
  document.querySelector("[data-replacing]").textContent = `to put in place of ${hidden(row, "code").value}`;
  finder.focus();
  finder.select();
}

function add(choice) {
  const { system, code, words } = choice.dataset;
  const place = chosenWords && finder.value.trim() === chosenWords.text ? chosenWords.place : "";
  const service = system !== "ICD-10-CM";
  changed = true;
  let row = replacing && Boolean(replacing.dataset.service) === service ? replacing : null;
  if (row) {
    const before = hidden(row, "code").value;
    hidden(row, "system").value = system;
    hidden(row, "code").value = code;
    hidden(row, "words").value = place;
    row.querySelector(".more").textContent = `in place of ${before}, which was suggested`;
    if (!service) form.querySelectorAll("input.dx").forEach((box) => (box.value = box.value.split(/\s+/).map((one) => (one === before ? code : one)).join(" ")));
    decide(row, "accepted", "replaced");
  } else {
    row = document.getElementById("code-row").content.firstElementChild.cloneNode(true);
    hidden(row, "system").value = system;
    hidden(row, "code").value = code;
    hidden(row, "words").value = place;
    row.querySelector(service ? '[data-do="tabular"]' : "nothing")?.remove();
    if (service) row.dataset.service = "1";
    else {
      const detail = row.querySelector(".detail");
      for (const [name, value] of [["modifiers", ""], ["units", "1"], ["dx", ""], ["ndc", ""], ["ndc_quantity", ""], ["ndc_unit", ""]]) {
        const kept = document.createElement("input");
        Object.assign(kept, { type: "hidden", name, value });
        detail.before(kept);
      }
      detail.remove();
    }
    const list = form.querySelector(`[data-codes="${service ? "services" : "dx"}"]`);
    list.querySelector("[data-none]")?.remove();
    list.append(row);
    decide(row, "accepted", "added");
  }
  row.querySelector(".package")?.toggleAttribute("hidden", !choice.dataset.drug);
  row.querySelector(".code").textContent = code;
  row.querySelector(".words").textContent = words;
  replacing = null;
  document.querySelector("[data-replacing]").textContent = "";
  finder.value = "";
  document.getElementById("found").replaceChildren();
  chosenWords = null;
  show(row);
}

// What the codes on the page would do: edits, money, audit. The last answer asked for is the one shown.
let tryTimer = 0;
let trying = null;
function tryCodes() {
  const box = document.getElementById("live");
  if (!box) return;
  clearTimeout(tryTimer);
  tryTimer = setTimeout(async () => {
    trying?.abort();
    trying = new AbortController();
    try {
      const answer = await fetch(box.dataset.address, { method: "POST", body: new FormData(form), signal: trying.signal });
      if (answer.ok) box.innerHTML = await answer.text();
      else box.textContent = "These codes cannot be tried.";
    } catch (problem) {
      if (problem.name !== "AbortError") box.textContent = "No answer: the codes are not tried now.";
    }
  }, 80);
}

// The tabular list, in place under the code; again, and it is gone.
async function tabular(row) {
  const held = row.querySelector(".tabular");
  if (held) return held.remove();
  const box = document.createElement("div");
  box.className = "tabular";
  row.append(box);
  const here = location.pathname.replace(/\/$/, "");
  box.innerHTML = await (await fetch(`${here}/tabular/?code=${encodeURIComponent(hidden(row, "code").value)}`)).text();
}

function take(row, code, words) {
  startReplace(row);
  const choice = document.createElement("button");
  Object.assign(choice.dataset, { system: hidden(row, "system").value, code, words });
  add(choice);
}

function acceptSure() {
  const sure = rows().filter((row) => "auto" in row.dataset && row.dataset.decision === "open");
  sure.forEach((row) => decide(row, "accepted"));
  if (sure.length) show(sure[0]);
}

function field(row, name) {
  const box = hidden(row, name);
  if (!box || box.type === "hidden") return;
  box.focus();
  box.select();
}

// The visit's level: two of three elements; each lights its facts.
function level() {
  const grades = [...document.querySelectorAll("[data-grade]")].map((box) => Number(box.value)).sort();
  const rung = document.querySelector(`[data-rung="${grades[1] + 1}"]`);
  const told = document.querySelector("[data-reached]");
  if (!rung || !told) return;
  told.hidden = false;
  told.firstElementChild.textContent = `These make level ${grades[1] + 1}: ${rung.dataset.code}.`;
}
function lightFacts(name) {
  document.querySelectorAll(".note-text [data-facts]").forEach((piece) => piece.classList.toggle("shown", Boolean(name) && piece.dataset.facts.split(" ").includes(name)));
}

// Words of the note, clicked or selected, are looked up; the place is kept with the code they lead to.
function offset(within, node, at) {
  const range = document.createRange();
  range.setStart(within, 0);
  range.setEnd(node, at);
  const piece = range.cloneContents();
  piece.querySelectorAll("sup").forEach((mark) => mark.remove());
  return [...piece.textContent].length;
}
function lookUp(note) {
  const chosen = getSelection();
  if (chosen.isCollapsed) {
    chosen.modify("move", "backward", "word");
    chosen.modify("extend", "forward", "word");
  }
  if (chosen.isCollapsed || !note.contains(chosen.anchorNode) || !note.contains(chosen.focusNode)) return;
  const range = chosen.getRangeAt(0);
  const piece = range.cloneContents();
  piece.querySelectorAll("sup").forEach((mark) => mark.remove());
  const raw = piece.textContent;
  const text = raw.trim().replace(/\s+/g, " ");
  if (text.length < 2 || text.length > 160) return;
  const start = offset(note, range.startContainer, range.startOffset) + [...raw].length - [...raw.trimStart()].length;
  chosenWords = { text, place: `${note.dataset.document}:${start}:${start + [...raw.trim()].length}` };
  finder.value = text;
  finder.dispatchEvent(new Event("input", { bubbles: true }));
  show(finder);
}
document.querySelectorAll(".note-text").forEach((note) =>
  note.addEventListener("mouseup", (event) => {
    if (finder && (!getSelection().isCollapsed || !event.target.closest("mark"))) setTimeout(() => lookUp(note), 0);
  }),
);
document.querySelectorAll("[data-element]").forEach((box) => {
  ["mouseenter", "focusin"].forEach((kind) => box.addEventListener(kind, () => lightFacts(box.dataset.element)));
  ["mouseleave", "focusout"].forEach((kind) => box.addEventListener(kind, () => lightFacts("")));
  box.addEventListener("change", level);
});
document.querySelector("[data-take-level]")?.addEventListener("click", () => {
  const grades = [...document.querySelectorAll("[data-grade]")].map((box) => Number(box.value)).sort();
  const rung = document.querySelector(`[data-rung="${grades[1] + 1}"]`);
  const row = document.querySelector(".coded[data-level]");
  if (row && rung) take(row, rung.dataset.code, rung.textContent);
});
document.querySelector("[data-accept-sure]")?.addEventListener("click", acceptSure);
form.addEventListener("mouseover", (event) => light(event.target.closest(".coded") || document.activeElement.closest?.(".coded")));
form.addEventListener("mouseleave", () => light(document.activeElement.closest?.(".coded")));
form.addEventListener("input", tryCodes);

function light(row) {
  const number = row ? row.dataset.number : "";
  document.querySelectorAll(".note-text mark").forEach((mark) => {
    mark.classList.toggle("lit", Boolean(number) && mark.dataset.keys.split(" ").includes(number));
  });
  const [words, box] = [document.querySelector(".note-text mark.lit"), document.querySelector(".notes")];
  if (!words || getComputedStyle(box).overflowY !== "auto") return; // only on a narrow screen the note scrolls by itself
  const [here, all] = [words.getBoundingClientRect(), box.getBoundingClientRect()];
  if (here.top < all.top || here.bottom > all.bottom) box.scrollTop += here.top - all.top - all.height / 3;
}

form.addEventListener("focusin", (event) => light(event.target.closest(".coded")));
form.addEventListener("focusout", () => light(null));
form.addEventListener("click", (event) => {
  const row = event.target.closest(".coded");
  const act = event.target.closest("[data-do]")?.dataset.do;
  const taken = event.target.closest("[data-take]");
  if (row && taken) return take(row, taken.dataset.code, taken.dataset.words);
  if (!row || !act) return;
  if (act === "accept") decide(row, "accepted");
  else if (act === "reject") decide(row, "rejected");
  else if (act === "replace") startReplace(row);
  else if (act === "tabular") tabular(row);
  else move(row, act === "up" ? -1 : 1);
});
document.getElementById("found")?.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-add]");
  if (choice && !choice.disabled) add(choice);
});

// Enter takes the first code found for these words; it waits for their answer.
let takeFirst = false;
function addFirst() {
  const found = document.getElementById("found");
  if (found.querySelector("[data-for]")?.dataset.for !== finder.value.trim()) return;
  takeFirst = false;
  const first = found.querySelector("[data-add]:not(:disabled)");
  if (first) add(first);
}
finder?.addEventListener("input", () => (takeFirst = false));
document.getElementById("found")?.addEventListener("htmx:afterSwap", (event) => {
  reveal(finder, event.currentTarget);
  if (takeFirst) addFirst();
});
finder?.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    takeFirst = true;
    addFirst();
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    document.querySelector("#found [data-add]")?.focus();
  } else if (event.key === "Escape") {
    replacing = null;
    document.querySelector("[data-replacing]").textContent = "";
  }
});
document.querySelectorAll("[data-question]").forEach((button) =>
  button.addEventListener("click", () => {
    const box = document.querySelector("[data-ask]");
    if (!box) return;
    box.open = true;
    document.getElementById("topic").value = button.dataset.topic;
    document.getElementById("question").value = button.dataset.question;
    document.getElementById("question").focus();
  }),
);
document.querySelectorAll(".note-text mark").forEach((mark) =>
  mark.addEventListener("click", () => {
    const row = rows().find((one) => mark.dataset.keys.split(" ").includes(one.dataset.number));
    if (!row) return;
    row.closest("details")?.setAttribute("open", "");
    show(row);
  }),
);

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const done = document.querySelector("[data-done]");
    if (done) form.requestSubmit(done);
    return;
  }
  const inside = event.target.closest?.(".coded .detail") && event.target.closest(".coded");
  if (inside && (event.key === "Enter" || event.key === "Escape")) {
    event.preventDefault();
    return show(inside);
  }
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]") || !finder) return;
  const row = document.activeElement.closest?.(".coded");
  if (awaiting && row === awaiting && /^[1-7]$/.test(event.key)) {
    const why = hidden(row, "why");
    why.selectedIndex = Number(event.key);
    row.querySelector(".verdict").textContent = `rejected: ${why.value}`;
    awaiting = null;
    return;
  }
  awaiting = null;
  if (/^[1-9]$/.test(event.key)) {
    const chosen = rows().find((one) => one.dataset.number === event.key);
    if (chosen) {
      decide(chosen, "accepted");
      show(chosen);
    }
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    if (event.altKey && row) return move(row, step);
    const all = rows();
    const next = all[Math.max(0, Math.min(all.length - 1, row ? all.indexOf(row) + step : 0))];
    if (next) show(next);
  } else if (event.key === "f") {
    event.preventDefault();
    show(finder);
  } else if (event.key === "q") {
    const box = document.querySelector("[data-ask]");
    if (!box) return;
    event.preventDefault();
    box.open = true;
    document.getElementById("topic").focus();
  } else if (event.key === "s") acceptSure();
  else if (row && event.key === "t") tabular(row);
  else if (row && "mupd".includes(event.key)) {
    event.preventDefault();
    field(row, { m: "modifiers", u: "units", p: "dx", d: "ndc" }[event.key]);
  } else if (event.key === "e") {
    const grade = document.querySelector("[data-grade]");
    if (grade) event.preventDefault();
    grade?.focus();
  } else if (row && event.key === "a") decide(row, "accepted");
  else if (row && event.key === "x") decide(row, "rejected");
  else if (row && event.key === "r") {
    event.preventDefault();
    startReplace(row);
  }
});

// The finder is outside the form's fields, so htmx must send only its own words.
document.body.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt !== finder) return;
  const told = chosenWords && finder.value.trim() === chosenWords.text ? chosenWords.place : "";
  event.detail.parameters = { q: finder.value, kind: replacing ? (replacing.dataset.service ? "service" : "diagnosis") : "", words: told };
});

// Asking, answering and reading again take unsaved decisions with them; leaving the page any other way asks first.
form.addEventListener("input", () => (changed = true));
document.addEventListener("submit", (event) => {
  if (event.target !== form && changed && event.target.matches("[data-keeps]")) {
    event.target.querySelectorAll("[data-kept]").forEach((field) => field.remove());
    for (const [name, value] of new FormData(form)) {
      if (!["system", "code", "modifiers", "units", "dx", "suggestion", "decision", "words", "why", "ndc", "ndc_quantity", "ndc_unit"].includes(name)) continue;
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name, value });
      kept.dataset.kept = "";
      event.target.append(kept);
    }
  }
  changed = false;
});
addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
tryCodes();
