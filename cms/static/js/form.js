import "./page.js";

// A draft lives in this window only, until it is sent or the window is closed. Nothing leaves the machine.
const form = document.querySelector("form[data-draft]");
const place = `eksempel:${form.dataset.draft}`;
const fields = Array.from(form.elements).filter((field) => field.name && field.name !== "key" && field.type !== "submit");

function read() {
  return Object.fromEntries(
    fields.filter((field) => field.type !== "radio" || field.checked)
      .map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]),
  );
}

function fill(draft) {
  for (const field of fields) {
    if (!(field.name in draft)) continue;
    if (field.type === "checkbox") field.checked = draft[field.name];
    else if (field.type === "radio") field.checked = field.value === draft[field.name];
    else field.value = draft[field.name];
  }
  for (const group of form.querySelectorAll("details")) {
    if (Array.from(group.querySelectorAll("input[type=text], textarea, select")).some((field) => field.value)) group.open = true;
  }
}

function keep() {
  try { sessionStorage.setItem(place, JSON.stringify(read())); } catch { /* no room, or not allowed: then no draft */ }
}

function kept() {
  try { return JSON.parse(sessionStorage.getItem(place)); } catch { return null; }
}

form.addEventListener("input", keep);

const draft = kept();
const problem = form.elements.problem;
if (draft?.problem && !problem.value) {
  fill(draft);
  const notice = form.querySelector("[data-restored]");
  notice.hidden = false;
  notice.querySelector("[data-forget]").addEventListener("click", () => {
    try { sessionStorage.removeItem(place); } catch { /* nothing was kept */ }
    form.reset();
    notice.hidden = true;
    problem.focus();
  });
}

// Without a connection the browser would replace the page by its own error: stay, and say so.
form.addEventListener("submit", (event) => {
  keep();
  if (navigator.onLine) return;
  event.preventDefault();
  let notice = form.querySelector("[data-offline-notice]");
  if (!notice) {
    notice = document.createElement("p");
    notice.className = "kt-notice";
    notice.setAttribute("role", "alert");
    notice.dataset.offlineNotice = "";
    form.prepend(notice);
  }
  notice.textContent = form.dataset.offline;
  notice.scrollIntoView({ block: "center" });
});

// After a draft has been filled in, so that its words are asked for too.
import("./alike.js");
