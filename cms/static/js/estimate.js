// What the numbers come to in a year, while they are typed: reckoned as `backend/examples/hours.py` does, in whole
// minutes so that no decimal is lost. It is shown, not sent.
import { typedNumber } from "./numbers.js";

const place = document.querySelector("[data-estimate]");
const form = place.closest("form");
const perYear = JSON.parse(place.dataset.estimate);
const danish = (number) => new Intl.NumberFormat(document.documentElement.lang || "da").format(number);
const HOURS_OF_A_YEAR = 366 * 24;

function number(name) {
  const typed = typedNumber(form.elements[name].value);
  return typeof typed === "number" ? typed : null;
}

// The step follows the size and is never finer than an hour: 34 → 30–40, 120 → 100–150.
export function interval(hours) {
  if (hours < 1) return [0, 1];
  const magnitude = 10 ** Math.floor(Math.log10(hours) + 1e-12);
  const step = Math.max(hours < 2 * magnitude ? magnitude / 2 : magnitude, 1);
  const low = Math.floor(hours / step) * step;
  return [low, low + step];
}

function tell() {
  const [minutes, times, people] = ["minutes", "times", "people"].map(number);
  const period = form.elements.period.value;
  place.textContent = "";
  if (minutes === null || times === null || !(period in perYear)) return;
  const each = (minutes * times * perYear[period]) / 60;
  if (each > HOURS_OF_A_YEAR) return; // more than the year has: the numbers mean something else
  const [low, high] = interval(Math.round(each * (people ?? 1) * 10) / 10);
  const text = high === 1 ? place.dataset.under : place.dataset.text;
  place.textContent = text.replace("{low}", danish(low)).replace("{high}", danish(high));
}

for (const name of ["minutes", "times", "period", "people"]) form.elements[name].addEventListener("input", tell);
form.addEventListener("draft", tell);
form.addEventListener("reset", () => setTimeout(tell));
tell();
