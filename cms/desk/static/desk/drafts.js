// Keeps what is typed in a desk form in this tab, so that a session that ends or an answer that fails loses nothing.
// A draft goes when the server says that the form is saved, when it is thrown away, or when the person signs out.

const store = window.sessionStorage;

const saved = document.getElementById("saved-drafts");
if (saved) saved.dataset.names.split(" ").forEach((name) => store.removeItem(name));

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[action$='/logout/']")) {
    Object.keys(store).filter((key) => key.startsWith("desk:")).forEach((key) => store.removeItem(key));
  }
});

const fields = (form) =>
  [...form.elements].filter(
    (field) => field.name && !["hidden", "submit", "button", "password", "file"].includes(field.type) &&
      field.name !== "csrfmiddlewaretoken" && !field.hasAttribute("data-no-draft"),
  );
const valueOf = (field) => {
  if (["checkbox", "radio"].includes(field.type)) return field.checked;
  if (field.multiple) return [...field.selectedOptions].map((option) => option.value);
  return field.value;
};
const keyOf = (field) => (["checkbox", "radio"].includes(field.type) ? `${field.name}=${field.value}` : field.name);
const snapshot = (form) => Object.fromEntries(fields(form).map((field) => [keyOf(field), valueOf(field)]));

function restore(form, draft) {
  for (const field of fields(form)) {
    const value = draft[keyOf(field)];
    if (value === undefined) continue;
    if (typeof value === "boolean") field.checked = value;
    else if (Array.isArray(value)) [...field.options].forEach((option) => (option.selected = value.includes(option.value)));
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  const name = form.dataset.draft;
  const original = JSON.stringify(snapshot(form));
  let offer = null;
  const kept = store.getItem(name);
  if (kept && kept !== original) {
    offer = document.getElementById("draft-offer").content.firstElementChild.cloneNode(true);
    offer.querySelector("[data-take]").addEventListener("click", () => {
      restore(form, JSON.parse(kept));
      offer.remove();
      offer = null;
      form.querySelector("textarea, input:not([type=hidden])")?.focus();
    });
    offer.querySelector("[data-drop]").addEventListener("click", () => {
      store.removeItem(name);
      offer.remove();
      offer = null;
    });
    form.prepend(offer);
    form.closest("details")?.setAttribute("open", "");
  }
  const keep = () => {
    const now = JSON.stringify(snapshot(form));
    if (now === original) store.removeItem(name);
    else store.setItem(name, now);
  };
  form.addEventListener("input", () => { if (!offer) keep(); });
  form.addEventListener("change", () => { if (!offer) keep(); });
}

for (const link of document.querySelectorAll("[data-drop-draft]")) {
  link.addEventListener("click", () => store.removeItem(document.getElementById(link.dataset.dropDraft).dataset.draft));
}
