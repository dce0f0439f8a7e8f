// Says at once what the server would refuse, before many megabytes are sent; the server looks at the rest.
const field = document.querySelector("input[type=file][name=files]");
const told = document.querySelector("[data-files-told]");
const MEGABYTES = 10, MOST = 5, KINDS = field.accept.split(",");

field.addEventListener("change", () => {
  const files = Array.from(field.files);
  const problems = [];
  if (files.length > MOST) problems.push(told.dataset.many);
  for (const { name, size } of files) {
    if (size > MEGABYTES * 1024 * 1024) problems.push(told.dataset.large.replace("{name}", name));
    else if (!KINDS.some((kind) => name.toLowerCase().endsWith(kind))) problems.push(told.dataset.kind.replace("{name}", name));
  }
  told.textContent = problems.join(" ");
});
