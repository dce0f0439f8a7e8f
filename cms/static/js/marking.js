// Marks in the text, as one types, what may show who somebody is, and lists it with what to write instead. It never
// stops what is sent. The rules are the server's own; what is written stays in the page.
import { finder } from "./marks.js";

const PAUSE = 500;
const box = document.querySelector("[data-marks]");
const form = box.closest("form");
const fields = ["problem", "proposal", "legislation"].map((name) => form.elements[name]);
const list = box.querySelector("[data-marks-list]");
const items = list.querySelector("ul");
const status = box.querySelector("[data-marks-status]");
const instead = JSON.parse(document.getElementById("i-stedet").textContent);
const COPIED = ["font", "letterSpacing", "padding", "borderWidth", "textAlign", "textIndent"];
let timer = 0;
let told = "";

// Behind the field lies the same text, unseen but for its marks.
function behind(field) {
  const frame = document.createElement("div");
  const back = document.createElement("div");
  frame.className = "kt-behind";
  back.className = "kt-behind__text";
  back.setAttribute("aria-hidden", "true");
  const hadFocus = document.activeElement === field;
  field.replaceWith(frame);
  frame.append(back, field);
  if (hadFocus) field.focus();
  const fit = () => {
    const style = getComputedStyle(field);
    for (const name of COPIED) back.style[name] = style[name];
    // Without the scroll bar, so that the lines break alike.
    back.style.width = `${field.clientWidth + parseFloat(style.borderLeftWidth) + parseFloat(style.borderRightWidth)}px`;
    back.style.height = `${field.offsetHeight}px`;
    back.scrollTop = field.scrollTop;
  };
  new ResizeObserver(fit).observe(field);
  field.addEventListener("scroll", () => { back.scrollTop = field.scrollTop; });
  fit();
  return (hints) => {
    const parts = [];
    let at = 0;
    for (const { start, end } of hints) {
      const mark = document.createElement("mark");
      mark.textContent = field.value.slice(start, end);
      parts.push(field.value.slice(at, start), mark);
      at = end;
    }
    back.replaceChildren(...parts, `${field.value.slice(at)}\n`);
    fit();
  };
}

function start(find) {
  const draws = fields.map(behind);

  function look() {
    const found = fields.flatMap((field, index) => {
      const hints = find(field.value);
      draws[index](hints);
      return hints.map((hint) => ({ ...hint, field, words: field.value.slice(hint.start, hint.end) }));
    });
    items.replaceChildren(...found.map(entry));
    list.hidden = !found.length;
    form.elements.seen.value = found.length;
    const words = found.map((hint) => hint.words).join(", ");
    if (words !== told) status.textContent = words && box.dataset.found.replace("{words}", words);
    told = words;
    form.dispatchEvent(new CustomEvent("marks", { detail: found.map((hint) => hint.kind) }));
  }

  function entry({ kind, field, start: from, end, words }) {
    const row = box.querySelector("[data-marks-item]").content.firstElementChild.cloneNode(true);
    const button = row.querySelector("button");
    button.textContent = words;
    row.querySelector("span").textContent = instead[kind];
    button.addEventListener("click", () => {
      field.closest("details")?.setAttribute("open", "");
      field.focus();
      field.setSelectionRange(from, end);
    });
    return row;
  }

  for (const [index, field] of fields.entries()) {
    field.addEventListener("input", () => {
      draws[index]([]); // the old places no longer fit
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
  }
  form.addEventListener("draft", look);
  form.addEventListener("reset", () => setTimeout(look)); // once the fields are empty
  look();
}

// A browser that cannot read the rules, or no connection: the server marks the same before anything is sent.
fetch(box.dataset.marks, { credentials: "omit" })
  .then((response) => response.json())
  .then((rules) => start(finder(rules)))
  .catch(() => { /* nothing is marked here */ });
