// Which of the three questions may matter is shown open: by area, by a word, or by what was marked. It answers nothing.
import { say } from "./copying.js";

const box = document.querySelector("[data-belongs]");
const form = box.closest("form");
const question = (name) => box.querySelector(`[data-question=${name}]`);
const AREAS = ["aeldre", "sundhed", "sundhedspleje_tandpleje", "social_voksne", "handicap"];
const EVENT = /utilsigte|hændelse|\buth\b|medicinfejl|fejlmedicin|faldt|faldulykke|dpsd/i;
const SERIOUS = /bestikkelse|underslæb|svindel|svindler|bedrag|stjæl|tyveri|chikane|krænk|overgreb|\bvold\b|ulovlig/i;
const opened = new Set(); // once only: who folds it again has seen it

function open(name) {
  if (opened.has(name)) return;
  opened.add(name);
  question(name).open = true;
}

function look() {
  const text = `${form.elements.problem.value} ${form.elements.proposal.value}`;
  const isNear = AREAS.includes(form.elements.area.value);
  const isAnswered = Boolean(form.elements.event.value);
  question("event").hidden = !(isNear || isAnswered || EVENT.test(text));
  if (EVENT.test(text)) open("event");
  if (SERIOUS.test(text)) open("serious");
}

form.addEventListener("marks", (event) => {
  if (event.detail.some((kind) => kind === "name" || kind === "health" || kind === "address")) open("one_citizen");
});
for (const kind of ["change", "input", "draft"]) form.addEventListener(kind, look);
look();
say();
