import "./page.js";
import "./code.js";

// What was sent is no longer a draft.
const sent = document.querySelector("[data-sent]");
if (sent) {
  for (const store of ["sessionStorage", "localStorage"]) {
    try { window[store].removeItem(`eksempel:${sent.dataset.sent}`); } catch { /* nothing was kept */ }
  }
}
