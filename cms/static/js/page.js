// What every page with a form or a notice gets: the place to look at is brought into focus.
const place = document.querySelector("[data-focus]");
if (place) {
  if (!place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
  place.focus({ preventScroll: false });
}

// A link in the error summary opens the folded group that its field lies in.
for (const link of document.querySelectorAll(".alert-error a[href^='#']")) {
  link.addEventListener("click", () => {
    const field = document.getElementById(link.hash.slice(1));
    field?.closest("details")?.setAttribute("open", "");
    field?.focus();
  });
}

// How many characters are left. The server counts as well; this only saves a round trip.
for (const hint of document.querySelectorAll("[data-limit]")) {
  const field = document.getElementById(hint.id.replace(/-limit$/, ""));
  const limit = Number(hint.dataset.limit);
  const full = hint.textContent;
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const tell = () => {
    const left = limit - Array.from(field.value).length;
    const text = left < 0 ? hint.dataset.over : hint.dataset.left;
    hint.textContent = left > limit / 5 ? full : text.replace("{n}", number.format(Math.abs(left)));
  };
  field.addEventListener("input", tell);
  tell();
}
