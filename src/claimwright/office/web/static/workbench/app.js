// Keys, palette, rows, theme. Pages work without it; it makes them quick.
"use strict";

const byId = (id) => document.getElementById(id);
const typing = (event) => event.target.matches("input, textarea, select, [contenteditable]");

// Theme: light, dark, kept in this browser.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
  document.dispatchEvent(new Event("themechange"));
});

// Palette
function openPalette() {
  const dialog = byId("palette");
  if (dialog.open) return;
  dialog.showModal();
  byId("palette-input").select();
  byId("palette-input").dispatchEvent(new Event("load-palette"));
}
function movePalette(step) {
  const links = [...byId("palette-results").querySelectorAll("a")];
  if (!links.length) return;
  const at = links.findIndex((link) => link.classList.contains("at"));
  links.forEach((link) => link.classList.remove("at"));
  const next = links[(at + step + links.length) % links.length];
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
}
byId("palette")?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    movePalette(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    entered = true;
    goChosen();
  }
});
byId("palette")?.addEventListener("input", () => (entered = false));
byId("palette-results")?.addEventListener("htmx:afterSwap", () => entered && goChosen());

// Enter goes where the words lead, not where the words before them led: it waits for their answer.
let entered = false;
function goChosen() {
  const results = byId("palette-results");
  if (results.querySelector("[data-for]")?.dataset.for !== byId("palette-input").value.trim()) return;
  const chosen = results.querySelector("a.at") || results.querySelector("a");
  if (chosen) location.assign(chosen.href);
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) openPalette();
  if (event.target.matches("dialog")) event.target.close(); // the backdrop
});

// Rows: a click anywhere opens the row; j and k move between rows. Of a list and what is open beside it they keep to the side in focus.
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a, button, input, select, label, summary, form") && !String(getSelection())) location.assign(row.dataset.href);
});
function moveRow(step) {
  const beside = document.activeElement.closest?.(".split > :not(.list)");
  const links = [...(beside || document).querySelectorAll("[data-list] [data-row], .calendar [data-row], .card [data-row]")];
  if (!links.length) return;
  let at = links.indexOf(document.activeElement);
  if (at < 0) at = links.findIndex((link) => link.getAttribute("aria-current"));
  const next = links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

// From the list to what is open beside it, and back.
function changeSide(right) {
  const split = document.querySelector(".split");
  const rows = split && [...split.querySelectorAll("[data-row]")].filter((row) => Boolean(row.closest(".split > :not(.list)")) === right);
  rows?.find((row) => right || row.getAttribute("aria-current"))?.focus();
}

const GO = { t: "/", s: "/schedule/", p: "/patients/", c: "/coding/", l: "/claims/", r: "/remittances/", d: "/denials/", b: "/statements/" };
let going = false;
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === "Escape" && typing(event) && !event.target.closest("dialog")) event.target.blur();
  if (event.key === "Escape") document.querySelectorAll("details.act[open]").forEach((box) => (box.open = false));
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (going) {
    going = false;
    if (GO[event.key]) location.assign(GO[event.key]);
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    openPalette();
  } else if (event.key === "?") byId("keys").showModal();
  else if (event.key === "g") {
    going = true;
    setTimeout(() => (going = false), 1200);
  } else if (event.key === "n") document.querySelector("[data-next]")?.click();
  else if (event.key === "q") document.querySelector("[data-ask]")?.click();
  else if (event.key === "j") moveRow(1);
  else if (event.key === "k") moveRow(-1);
  else if (event.key === "ArrowRight") changeSide(true);
  else if (event.key === "ArrowLeft") changeSide(false);
});

// A choice that is the whole form sends it.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// What only one choice asks for shows with that choice: data-when="field=value" or "field!=value".
function showChoices() {
  document.querySelectorAll("[data-when]").forEach((box) => {
    const [, name, not, value] = box.dataset.when.match(/^([^!=]+)(!?)=(.*)$/);
    const field = document.getElementsByName(name)[0];
    box.hidden = Boolean(field) && (field.value === value) === Boolean(not);
    if (box.matches("details")) box.open = !box.hidden;
  });
}
document.addEventListener("change", (event) => {
  if (event.target.matches("select")) showChoices();
});
showChoices();
addEventListener("pageshow", showChoices);

// One sending at a time.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sending) return event.preventDefault();
  event.target.dataset.sending = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending));

// Small menus close when one clicks elsewhere.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.act[open]").forEach((box) => {
    if (!box.contains(event.target)) box.open = false;
  });
});

// A form that was refused stands as it was sent: its menu open, what was typed in it, and why at the field.
function takeUpAgain(told) {
  const { action, field: name, typed } = JSON.parse(told.dataset.refused);
  const itself = (form) => new URL(form.getAttribute("action") || "", location).pathname === action
    && [...form.querySelectorAll('input[type="hidden"]')].every((one) => one.name === "next" || !(one.name in typed) || typed[one.name].includes(one.value));
  const form = [...document.querySelectorAll('form[method="post"]')].find(itself);
  if (!form) return;
  const fields = [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.matches("input, select, textarea"));
  for (const one of fields) {
    if (one.type === "checkbox" || one.type === "radio") one.checked = (typed[one.name] || []).includes(one.value);
    else if (one.type !== "file" && typed[one.name]?.length === 1) one.value = typed[one.name][0];
  }
  for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  const texts = fields.filter((one) => one.matches("input:not([type=checkbox], [type=radio], [type=file]), textarea"));
  const wrong = texts.find((one) => one.name === name) || texts.find((one) => one.required && !one.value.trim()) || (form.closest("details") && texts.length === 1 && texts[0]);
  showChoices();
  if (wrong) {
    told.id ||= `refused-${wrong.id || wrong.name}`;
    wrong.setAttribute("aria-invalid", "true");
    wrong.setAttribute("aria-describedby", `${wrong.getAttribute("aria-describedby") || ""} ${told.id}`.trim());
    const field = wrong.closest(".field");
    if (field) field.append(told);
    else if (!form.contains(told)) (wrong.closest("label") || wrong).after(told);
  } else if (form.closest("details.act") && !form.contains(told)) form.prepend(told);
  (wrong || texts[0])?.focus();
}
document.querySelectorAll("[data-refused]").forEach(takeUpAgain);

// First wrong field, or the first field of a form that is the page.
document.querySelector('[aria-invalid="true"]')?.focus();
const chosen = document.querySelector(".split > .list .chosen");
if (chosen) {
  const list = chosen.closest(".list");
  list.scrollTop += chosen.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 2;
}
setTimeout(() => document.querySelectorAll(".toast").forEach((toast) => toast.remove()), 6000);

// Leaving the desk: warn before the session ends. What is typed stays; the coding screen can be saved for later.
const IDLE = 15 * 60 * 1000;
let last = Date.now();
["keydown", "pointerdown"].forEach((kind) => document.addEventListener(kind, () => (last = Date.now()), { passive: true }));
setInterval(() => {
  if (Date.now() - last < IDLE || document.querySelector(".toast.idle")) return;
  const toast = document.createElement("div");
  toast.className = "toast idle";
  toast.textContent = "You have been away for 15 minutes. Log out if you leave this desk.";
  document.querySelector(".toasts").append(toast);
}, 30000);
