// Keyboard shortcuts of the desk. Every one of them is a link or a button on the page (data-key), so none is needed.

const typing = (target) => target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
const dialog = () => document.querySelector("dialog.desk-keys");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "?" && dialog()) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (dialog().open) dialog().close();
    else dialog().showModal();
    return;
  }
  if (document.querySelector("dialog[open]") || !/^[a-zæøå]$/.test(event.key)) return;
  if (event.key === "j" || event.key === "k") {
    if (step(event.key === "j" ? 1 : -1)) event.preventDefault();
    if (document.querySelector("[data-row]")) return;
  }
  if (event.key === "x") {
    const box = document.activeElement?.closest("[data-row]")?.querySelector("input[type=checkbox]");
    if (box) box.click();
    return;
  }
  const target = document.querySelector(`[data-key="${event.key}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("summary")) {
    target.parentElement.open = true;
    target.parentElement.querySelector("textarea, input:not([type=hidden]), select, a.button")?.focus();
    target.parentElement.scrollIntoView({ block: "nearest" });
  } else if (target.matches("input, textarea, select")) {
    target.focus();
  } else {
    target.click();
  }
});

document.querySelector("[data-show-keys]")?.addEventListener("click", () => dialog()?.showModal());

// In a list j and k walk the rows' links.
function step(by) {
  const links = [...document.querySelectorAll("[data-row] a[data-open]")];
  if (!links.length) return false;
  const at = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
  return true;
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
