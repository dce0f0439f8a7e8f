// Small help on the pages where moves are made: the kind sentence and its preview, which fields an answer needs,
// and ticking every row. Without this the forms work the same; they only show more than is needed.

const json = (root, id) => JSON.parse(root.querySelector(`#${id}`)?.textContent ?? "{}");

for (const form of document.querySelectorAll("form[data-set-aside]")) {
  const sentences = json(form, "sentences");
  const labels = json(form, "reason-labels");
  const why = form.elements.why;
  const reasonNow = () => form.querySelector("[name=reason]:checked")?.value ?? "";
  const show = () => {
    const reason = reasonNow();
    form.querySelector("[data-preview-reason]").textContent = reason ? `: ${labels[reason]}` : "";
    form.querySelector("[data-preview-why]").textContent = why.value || sentences[reason] || "";
  };
  form.querySelectorAll("[name=reason]").forEach((radio) =>
    radio.addEventListener("change", () => {
      // What somebody has written themselves is never replaced.
      if (!why.value || Object.values(sentences).includes(why.value)) why.value = sentences[reasonNow()] ?? "";
      show();
    }),
  );
  why.addEventListener("input", show);
  show();
}

for (const form of document.querySelectorAll("form[data-reply]")) {
  const needs = json(form, "reply-needs");
  const show = () => {
    const wanted = needs[form.elements.answer.value] ?? [];
    form.querySelectorAll("[data-field]").forEach((part) => {
      part.hidden = part.dataset.field !== "text" && !wanted.includes(part.dataset.field);
    });
  };
  form.elements.answer.addEventListener("change", show);
  show();
}

for (const all of document.querySelectorAll("[data-tick-all]")) {
  all.addEventListener("change", () =>
    all.closest("form").querySelectorAll("[name=chosen]").forEach((box) => (box.checked = all.checked)),
  );
}
