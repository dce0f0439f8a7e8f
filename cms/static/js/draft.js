// A draft lives in this window only, until it is sent or the window is closed. Only where the writer says that the
// machine is their own is it kept longer: for a week, and offered again, never filled in by itself. Nothing leaves the
// machine.
const KEPT_DAYS = 7;
const PREFIX = "eksempel:";

const form = document.querySelector("form[data-draft]");
const place = PREFIX + form.dataset.draft;
const fields = Array.from(form.elements).filter(
  (field) => field.name && field.name !== "key" && !["submit", "file"].includes(field.type),
);
const problem = form.elements.problem;
const restored = form.querySelector("[data-restored]");
const offer = form.querySelector("[data-offered]");
const own = form.querySelector("[data-own-machine]");
const ownTick = own.querySelector("input");

// Browsers may have no room, or allow nothing to be kept: then there is no draft.
const trying = (work) => { try { return work(); } catch { return null; } };
const forget = () => { for (const store of stores()) trying(() => store.removeItem(place)); };
const stores = () => [trying(() => sessionStorage), trying(() => localStorage)].filter(Boolean);

function read() {
  return Object.fromEntries(
    fields.filter((field) => field.type !== "radio" || field.checked)
      .map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]),
  );
}

function fill(draft) {
  for (const field of fields) {
    if (!(field.name in draft)) continue;
    // Which case it is like was chosen by coming here from that case: an older draft does not change it.
    if (field.name === "same_as" && field.value) continue;
    if (field.type === "checkbox") field.checked = draft[field.name];
    else if (field.type === "radio") field.checked = field.value === draft[field.name];
    else field.value = draft[field.name];
  }
  for (const group of form.querySelectorAll("details")) {
    if (Array.from(group.querySelectorAll("input[type=text], textarea, select")).some((field) => field.value)) group.open = true;
  }
  form.dispatchEvent(new Event("draft"));
}

// What leads to the whistleblower scheme is kept nowhere, and what was kept of it before goes.
const keeps = () => form.dataset.keep !== "no" && form.elements.serious.value !== "yes";

export function keep() {
  if (!keeps()) { forget(); return; }
  const draft = read();
  trying(() => sessionStorage.setItem(place, JSON.stringify(draft)));
  if (!ownTick.checked) return;
  const until = Date.now() + KEPT_DAYS * 86_400_000;
  trying(() => localStorage.setItem(place, JSON.stringify({ draft, until })));
}

// What is kept for a week is gone after it, whichever campaign it was for.
function clearOld() {
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
    const kept = trying(() => JSON.parse(localStorage.getItem(name)));
    if (!(kept?.until > Date.now())) localStorage.removeItem(name);
  }
}

function startOver(notice) {
  forget();
  form.reset();
  notice.hidden = true;
  problem.focus();
}

trying(clearOld);
if (!keeps()) forget();
own.hidden = trying(() => Boolean(localStorage)) === null;
const inWindow = trying(() => JSON.parse(sessionStorage.getItem(place)));
const onMachine = trying(() => JSON.parse(localStorage.getItem(place)));
ownTick.checked = Boolean(onMachine);
if (!problem.value && inWindow?.problem) {
  fill(inWindow);
  restored.hidden = false;
} else if (!problem.value && onMachine?.draft?.problem) {
  offer.hidden = false;
}

restored.querySelector("[data-forget]").addEventListener("click", () => startOver(restored));
offer.querySelector("[data-forget]").addEventListener("click", () => { ownTick.checked = false; startOver(offer); });
offer.querySelector("[data-continue]").addEventListener("click", () => {
  fill(onMachine.draft);
  offer.hidden = true;
  keep();
  problem.focus();
});
ownTick.addEventListener("change", () => { if (!ownTick.checked) trying(() => localStorage.removeItem(place)); });
form.addEventListener("input", () => {
  offer.hidden = true; // who writes anew has answered; what was kept is written over only with the tick
  keep();
});
