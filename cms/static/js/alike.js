// Published cases like what is being written, asked for half a second after the last key. It never stands in the way of
// sending: a failure is silent, and nothing on the page moves under the finger. Nothing is kept in the browser.
import { typedNumber } from "./numbers.js";

const PAUSE = 500;
const LEAST = 12; // letters before it is worth asking

const box = document.querySelector("[data-alike]");
const field = document.querySelector("textarea[name=problem]");
const line = box.querySelector("[data-alike-line]");
const list = box.querySelector("[data-alike-list]");
const status = box.querySelector("[data-alike-status]");
const items = list.querySelector("ul");
const aside = document.querySelector("aside.kt-stack");
const wide = window.matchMedia("(min-width: 992px)");
const dismissed = new Set();
const form = field.form;
const same = form.querySelector("[data-same]");
const sameUndo = same.querySelector("[data-same-undo]");
let timer = 0;
let asked = "";
let pending = null;
let notBefore = 0;
let busy = false; // somebody is answering one of them: the list stays as it is
let found = [];

const fill = (text, n) => text.replace("{n}", n);

async function post(address, body, signal) {
  const response = await fetch(address, {
    method: "POST", credentials: "omit", signal,
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang }, body: JSON.stringify({ organisation: box.dataset.organisation, ...body }),
  });
  if (response.status === 429) notBefore = Date.now() + 1000 * Number(response.headers.get("Retry-After") || 30);
  return response;
}

async function ask() {
  const text = field.value.trim();
  if (text === asked || busy || Date.now() < notBefore) return;
  asked = text;
  pending?.abort();
  if (text.length < LEAST) { found = []; show(); return; }
  pending = new AbortController();
  try {
    const response = await post("/api/v1/examples/similar", { campaign: box.dataset.alike, text: text.slice(0, 8000) }, pending.signal);
    if (!response.ok || busy) return;
    found = (await response.json()).items;
    show();
  } catch { /* no connection, or a newer question: what is shown stays */ }
}

function show() {
  const left = found.filter(({ reference }) => !dismissed.has(reference) && reference !== form.elements.same_as.value);
  const before = items.childElementCount;
  items.replaceChildren(...left.map(entry));
  line.textContent = fill(line.dataset.text, left.length);
  if (left.length && !before) status.textContent = fill(box.dataset.found, left.length);
  if (!left.length) { status.textContent = ""; line.setAttribute("aria-expanded", "false"); }
  place();
}

// Beside the form where there is room; else behind one line, in the place that is kept free for it.
function place() {
  if (wide.matches) aside.prepend(list); else box.querySelector("template").before(list);
  const any = items.childElementCount > 0;
  line.hidden = wide.matches || !any;
  list.hidden = !any || !(wide.matches || line.getAttribute("aria-expanded") === "true");
}

// In the language of the page, which its address says.
function addressOf(reference) {
  return new URL(`../../forslag/${reference}/`, form.action).pathname;
}

function entry(item) {
  const row = box.querySelector("[data-alike-item]").content.firstElementChild.cloneNode(true);
  const get = (selector) => row.querySelector(selector);
  const link = get("h3 a");
  const id = `ligner-${item.reference}`;
  link.textContent = item.title;
  link.href = addressOf(item.reference);
  link.id = id;
  get("[data-excerpt]").textContent = item.excerpt;
  get("[data-state]").textContent = item.outcome_label || item.status_label;
  get("[data-supports]").textContent = item.supports ?? box.dataset.few;
  if (item.answer_excerpt) get("[data-answer] span").textContent = item.answer_excerpt; else get("[data-answer]").remove();
  for (const name of ["[data-yes]", "[data-no]", "[role=group]"]) get(name).setAttribute(name === "[role=group]" ? "aria-labelledby" : "aria-describedby", id);
  const time = get(".kt-alike__time");
  get("[data-period]").append(...Array.from(document.querySelector("select[name=period]").options, (option) => option.cloneNode(true)));
  get("[data-yes]").addEventListener("click", (event) => {
    busy = true;
    time.hidden = !time.hidden;
    event.currentTarget.setAttribute("aria-expanded", String(!time.hidden));
    if (!time.hidden) get("[data-minutes]").focus();
  });
  get("[data-no]").addEventListener("click", () => {
    dismissed.add(item.reference);
    busy = false;
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    line.textContent = fill(line.dataset.text, items.childElementCount);
    if (!next) { line.setAttribute("aria-expanded", "false"); place(); }
    (next?.querySelector("a") || field).focus();
  });
  const too = get("[data-too]");
  too.id = `med-${item.reference}`;
  too.nextElementSibling.htmlFor = too.id;
  get("[data-count]").addEventListener("click", () => take(item, row));
  time.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
    event.preventDefault(); // it would send the form around it
    take(item, row);
  });
  return row;
}

// Counted at once, or together with what is written when that is sent.
function take(item, row) {
  if (row.querySelector("[data-too]").checked && field.value.trim()) choose(item, row); else count(item, row);
}

function choose(item, row) {
  for (const name of ["minutes", "times", "period"]) {
    const own = row.querySelector(`[data-${name}]`).value;
    if (own) form.elements[name].value = own;
  }
  form.elements.same_as.value = item.reference;
  busy = false;
  line.setAttribute("aria-expanded", "false");
  show();
  tellSame(item.title);
  form.dispatchEvent(new Event("input"));
  form.elements.minutes.dispatchEvent(new Event("input"));
  same.focus();
}

// What a draft brought back knows the case by its reference only.
function tellSame(title) {
  const reference = form.elements.same_as.value;
  same.hidden = !reference;
  if (!reference) return;
  const link = same.querySelector("[data-same-title]");
  const address = addressOf(reference);
  if (!title && link.textContent.trim() && link.pathname === address) return; // the server has written it
  link.textContent = title || reference;
  link.href = address;
}

async function count(item, row) {
  const get = (name) => row.querySelector(`[data-${name}]`);
  const button = get("count");
  if (button.disabled) return;
  button.disabled = true;
  get("problem").textContent = "";
  try {
    const response = await post(`/api/v1/cases/${item.reference}/supports`, {
      minutes: typedNumber(get("minutes").value), times: typedNumber(get("times").value), period: get("period").value || undefined,
    });
    if (!response.ok) {
      const told = response.status === 422 ? (await response.json()).errors?.[0]?.detail : "";
      throw new Error(told || box.dataset.failed);
    }
    const done = box.querySelector("[data-alike-done]").content.firstElementChild.cloneNode(true);
    row.querySelector(".kt-alike__choice").replaceWith(done);
    row.querySelector(".kt-alike__time").remove();
    dismissed.add(item.reference); // not offered again in this window
    busy = false;
    done.focus();
  } catch (error) {
    button.disabled = false;
    get("problem").textContent = error instanceof TypeError ? box.dataset.failed : error.message;
  }
}

line.addEventListener("click", () => {
  line.setAttribute("aria-expanded", String(line.getAttribute("aria-expanded") !== "true"));
  place();
});
wide.addEventListener("change", place);
field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
if (field.value) timer = setTimeout(ask, PAUSE);

sameUndo.hidden = false;
sameUndo.addEventListener("click", () => {
  form.elements.same_as.value = "";
  tellSame();
  form.dispatchEvent(new Event("input"));
  show();
  field.focus();
});
form.addEventListener("draft", () => { tellSame(); timer = setTimeout(ask, PAUSE); });
form.addEventListener("reset", () => setTimeout(() => { form.elements.same_as.value = ""; tellSame(); }));
tellSame();
