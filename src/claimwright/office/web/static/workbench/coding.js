// The coding screen by keyboard: numbers accept, x rejects, r replaces, arrows move, alt+arrows reorder, f finds, q asks.
"use strict";

const form = document.getElementById("codes-form");
const finder = document.getElementById("find-code");
let replacing = null;
let changed = false; // decided on this page and not saved yet

const rows = () => [...form.querySelectorAll(".coded")];

// Bring a code into view inside its own column, so that the note beside it does not jump.
function show(row) {
  row.focus({ preventScroll: true });
  const box = row.closest(".codes");
  if (getComputedStyle(box).position !== "sticky") return row.scrollIntoView({ block: "nearest" });
  const [here, all] = [row.getBoundingClientRect(), box.getBoundingClientRect()];
  if (here.top < all.top) box.scrollTop -= all.top - here.top + 8;
  else if (here.bottom > all.bottom) box.scrollTop += here.bottom - all.bottom + 8;
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
  if (decision === "accepted" && row.dataset.service) fillSupport(row);
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
  const service = system !== "ICD-10-CM";
  changed = true;
  let row = replacing && Boolean(replacing.dataset.service) === service ? replacing : null;
  if (row) {
    const before = hidden(row, "code").value;
    hidden(row, "system").value = system;
    hidden(row, "code").value = code;
    row.querySelector(".more").textContent = `in place of ${before}, which was suggested`;
    if (!service) form.querySelectorAll("input.dx").forEach((box) => (box.value = box.value.split(/\s+/).map((one) => (one === before ? code : one)).join(" ")));
    decide(row, "accepted", "replaced");
  } else {
    row = document.getElementById("code-row").content.firstElementChild.cloneNode(true);
    hidden(row, "system").value = system;
    hidden(row, "code").value = code;
    if (service) row.dataset.service = "1";
    else {
      const detail = row.querySelector(".detail");
      for (const [name, value] of [["modifiers", ""], ["units", "1"], ["dx", ""]]) {
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
  row.querySelector(".code").textContent = code;
  row.querySelector(".words").textContent = words;
  replacing = null;
  document.querySelector("[data-replacing]").textContent = "";
  finder.value = "";
  document.getElementById("found").replaceChildren();
  show(row);
}

function light(row) {
  const number = row ? row.dataset.number : "";
  document.querySelectorAll(".note-text mark").forEach((mark) => {
    mark.classList.toggle("lit", Boolean(number) && mark.dataset.keys.split(" ").includes(number));
  });
}

form.addEventListener("focusin", (event) => light(event.target.closest(".coded")));
form.addEventListener("focusout", () => light(null));
form.addEventListener("click", (event) => {
  const row = event.target.closest(".coded");
  const act = event.target.closest("[data-do]")?.dataset.do;
  if (!row || !act) return;
  if (act === "accept") decide(row, "accepted");
  else if (act === "reject") decide(row, "rejected");
  else if (act === "replace") startReplace(row);
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
document.getElementById("found")?.addEventListener("htmx:afterSwap", () => takeFirst && addFirst());
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
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]") || !finder) return;
  const row = document.activeElement.closest?.(".coded");
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
    finder.focus();
  } else if (event.key === "q") {
    const box = document.querySelector("[data-ask]");
    if (!box) return;
    event.preventDefault();
    box.open = true;
    document.getElementById("topic").focus();
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
  event.detail.parameters = { q: finder.value, kind: replacing ? (replacing.dataset.service ? "service" : "diagnosis") : "" };
});

// Asking, answering and reading again take unsaved decisions with them; leaving the page any other way asks first.
form.addEventListener("input", () => (changed = true));
document.addEventListener("submit", (event) => {
  if (event.target !== form && changed && event.target.matches("[data-keeps]")) {
    event.target.querySelectorAll("[data-kept]").forEach((field) => field.remove());
    for (const [name, value] of new FormData(form)) {
      if (!["system", "code", "modifiers", "units", "dx", "suggestion", "decision"].includes(name)) continue;
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
