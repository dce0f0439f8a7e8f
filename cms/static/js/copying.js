// A button that copies a field's text, and says so.
export function say() {
  const button = document.querySelector("[data-copy-from]");
  if (!button || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copyFrom).value);
    const words = button.querySelector("span");
    words.textContent = button.dataset.done;
    words.setAttribute("role", "status");
  });
}
