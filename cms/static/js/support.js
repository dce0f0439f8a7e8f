import { typedNumber } from "./numbers.js";

// «Det sker også hos mig» without leaving the page. Nothing is kept in the browser; without JavaScript the form is sent as
// any other, and so it is where the server has something to say about what was typed.
for (const form of document.querySelectorAll("form[data-support]")) {
  const place = form.closest("article, section");
  const button = form.querySelector("button");
  const problem = form.querySelector("[data-problem]");

  const number = (name) => typedNumber(form.elements[name]?.value ?? "");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    problem.textContent = "";
    let response;
    try {
      response = await fetch(`/api/v1/cases/${form.dataset.support}/supports`, {
        method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          organisation: form.dataset.organisation, minutes: number("minutes"), times: number("times"),
          period: form.elements.period?.value || undefined,
        }),
      });
    } catch {
      // It may have been counted after all: it is not sent again by itself.
      problem.textContent = form.dataset.failed;
      button.disabled = false;
      return;
    }
    if (!response.ok) { form.submit(); return; }
    const { supports } = await response.json();
    place.querySelector("[data-number]").textContent = supports ?? form.dataset.few;
    const done = document.createElement("p");
    done.className = "kt-counted";
    done.tabIndex = -1;
    done.textContent = form.dataset.done;
    form.replaceWith(done);
    done.focus();
    // Counted already: what is written now is an example of its own.
    const tell = place.querySelector("[data-tell]");
    tell?.querySelector("span")?.remove();
    for (const link of tell?.querySelectorAll("a") ?? []) link.search = "";
  });
}
