import "./page.js";

// What was sent is no longer a draft.
const sent = document.querySelector("[data-sent]");
if (sent) {
  for (const store of ["sessionStorage", "localStorage"]) {
    try { window[store].removeItem(`eksempel:${sent.dataset.sent}`); } catch { /* nothing was kept */ }
  }
}

const copy = document.querySelector("[data-copy]");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copy.dataset.copy);
    const words = copy.querySelector("span");
    words.textContent = copy.dataset.done;
    words.setAttribute("role", "status");
  });
}

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
