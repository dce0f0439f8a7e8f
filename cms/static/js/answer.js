import "./page.js";

// --- The link: its secret stands in the fragment. Take it out of the address bar, and post it. Places on the page have
// a colon in their names, which no secret has. The fragment alone changes when a link is pasted over an open page.
function openLetter() {
  const secret = location.hash.slice(1);
  if (!secret || secret.includes(":") || document.getElementById(secret)) return;
  history.replaceState(null, "", location.pathname);
  const form = document.createElement("form");
  form.method = "post";
  form.hidden = true;
  const link = document.createElement("input");
  link.name = "link";
  link.value = secret;
  form.append(link);
  document.body.append(form);
  form.submit();
}
addEventListener("hashchange", openLetter);
openLetter();

// The place on the page has been jumped to, which takes the focus: give it back to what was just done. The address stays
// as it is: a changed one would be reloaded by a GET, and the letter would be gone.
addEventListener("load", () => requestAnimationFrame(() => document.querySelector("[data-focus]")?.focus()));

const letter = document.querySelector("form[data-letter]");
if (letter) work(letter);

function work(form) {
  const panels = () => Array.from(form.querySelectorAll("[data-panel]"));
  keepText(form, panels);
  countPicks(form);
  guardSending(form);

  const print = form.querySelector("[data-print]");
  print.hidden = false;
  print.addEventListener("click", () => window.print());

  // Enter in a line saves the panel it stands in, and nothing else.
  form.addEventListener("keydown", (event) => {
    const line = event.target.closest("input:not([type=checkbox], [type=file])");
    if (event.key !== "Enter" || !line) return;
    event.preventDefault();
    line.closest("[data-panel]")?.querySelector(".button-primary")?.click();
  });
}

// --- What is not saved yet is kept per panel in this window only, until it is saved or the window is closed.
function keepText(form, panels) {
  const place = (panel) => `svar:${form.dataset.letter}:${panel}`;
  const fieldsOf = (panel) => Array.from(panel.querySelectorAll("input, select, textarea"))
    .filter((field) => field.name && !["hidden", "file", "checkbox"].includes(field.type));
  const forget = (name) => { try { sessionStorage.removeItem(place(name)); } catch { /* nothing was kept */ } };
  const read = (name) => { try { return JSON.parse(sessionStorage.getItem(place(name))); } catch { return null; } };

  function keep(panel) {
    const values = {};
    for (const field of fieldsOf(panel)) if (field.type !== "radio" || field.checked) values[field.name] = field.value;
    try { sessionStorage.setItem(place(panel.dataset.panel), JSON.stringify(values)); } catch { /* no room: no draft */ }
  }

  for (const name of form.dataset.done.split(" ").filter(Boolean)) forget(name);

  let restored = false;
  for (const panel of panels()) {
    const values = read(panel.dataset.panel);
    for (const field of values ? fieldsOf(panel) : []) {
      if (!(field.name in values)) continue;
      if (field.type === "radio") {
        restored ||= field.value === values[field.name] && !field.checked;
        field.checked = field.value === values[field.name];
      } else if (field.value !== values[field.name]) {
        field.value = values[field.name];
        field.dispatchEvent(new Event("input")); // the count of characters; it does not bubble, so nothing is kept anew
        restored ||= panel.dataset.panel !== "signature";
      }
    }
  }
  form.querySelector("[data-restored]").hidden = !restored;

  // Text of panels that are not open: offered, and opened by the server as if they had been.
  const open = new Set(panels().map((panel) => panel.dataset.panel));
  const begins = place("");
  let unsent = [];
  try { unsent = Object.keys(sessionStorage).filter((key) => key.startsWith(begins)).map((key) => key.slice(begins.length)); } catch { /* not allowed */ }
  unsent = unsent.filter((name) => !open.has(name) && hasPlace(name) && hasText(read(name)));
  const offer = form.querySelector("[data-unsent]");
  offer.hidden = unsent.length === 0;
  offer.querySelector("[data-go-on]").addEventListener("click", () => {
    for (const name of unsent) {
      add("open", name);
      for (const [field, value] of Object.entries(read(name))) add(field, value);
    }
    form.requestSubmit();
  });
  offer.querySelector("[data-forget]").addEventListener("click", () => {
    unsent.forEach(forget);
    offer.hidden = true;
  });

  function add(name, value) {
    const field = document.createElement("input");
    field.type = "hidden";
    Object.assign(field, { name, value });
    form.append(field);
  }
  function hasPlace(name) {
    const key = name.split(":")[0];
    return key === "together" || key === "colleague" || document.getElementById(`row:${key}`) !== null;
  }
  function hasText(values) {
    return values !== null && Object.values(values).some((value) => value.trim() !== "");
  }

  form.addEventListener("input", (event) => {
    const panel = event.target.closest("[data-panel]");
    if (panel && event.target.type !== "file") keep(panel);
  });
  form.addEventListener("submit", (event) => {
    const [act, ...rest] = (event.submitter?.value ?? "").split(":");
    if (act === "close") forget(rest.join(":"));
  });
}

// --- How many rows are ticked, and which.
function countPicks(form) {
  const ticks = Array.from(form.querySelectorAll("input[name=pick]"));
  const count = form.querySelector("[data-count]");
  if (!count) return;
  const name = (tick) => document.getElementById(`t${tick.value}`);
  function tell() {
    const ticked = ticks.filter((tick) => tick.checked);
    count.textContent = ticked.length ? count.dataset.some.replace("{n}", ticked.length) : count.dataset.none;
    for (const list of form.querySelectorAll("[data-picked]")) {
      list.replaceChildren(...(ticked.length ? ticked : [null]).map((tick) => {
        const item = document.createElement("li");
        if (tick) item.append(...Array.from(name(tick).cloneNode(true).childNodes)); else item.textContent = count.dataset.none;
        if (tick && list.closest("[data-panel^=together]") && tick.dataset.replaces) item.append(` · ${tick.dataset.replaces}`);
        return item;
      }));
    }
  }
  form.addEventListener("change", (event) => { if (event.target.name === "pick") tell(); });
  form.querySelector("[data-pick-waiting]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const tick of ticks) tick.checked = tick.hasAttribute("data-waits");
    tell();
  });
  tell();
}

// --- Sent once, with a connection, and with no file that would be turned away unread.
function guardSending(form) {
  let busySince = 0;
  form.addEventListener("submit", (event) => {
    const isDownload = (event.submitter?.value ?? "").startsWith("file:");
    const stop = () => { event.preventDefault(); event.stopImmediatePropagation(); };
    if (Date.now() - busySince < 15000) { stop(); return; }
    const large = Array.from(form.querySelectorAll("input[type=file]")).filter(isTooLarge);
    if (large.length) { stop(); large[0].focus(); return; }
    if (!navigator.onLine) { stop(); sayOffline(); return; }
    if (!isDownload) busySince = Date.now();
  }, { capture: true });
  addEventListener("pageshow", () => { busySince = 0; });
  form.addEventListener("change", (event) => { if (event.target.type === "file") isTooLarge(event.target); });

  function isTooLarge(field) {
    const over = Array.from(field.files).some((file) => file.size > Number(field.dataset.most));
    field.parentElement.querySelector("[data-too-large]").hidden = !over;
    return over;
  }
  function sayOffline() {
    let notice = form.querySelector("[data-no-connection]");
    if (!notice) {
      notice = document.createElement("p");
      notice.className = "kt-notice";
      notice.setAttribute("role", "alert");
      notice.tabIndex = -1;
      notice.dataset.noConnection = "";
      form.prepend(notice);
    }
    notice.textContent = form.dataset.offline;
    notice.focus();
  }
}
