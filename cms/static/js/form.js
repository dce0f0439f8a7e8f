import "./page.js";
import { keep } from "./draft.js";
// After a draft has been filled in, so that its words and numbers count too.
import "./estimate.js";
import "./alike.js";
import "./marking.js";
import "./belongs.js";
import "./files.js";

const form = document.querySelector("form[data-draft]");

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
