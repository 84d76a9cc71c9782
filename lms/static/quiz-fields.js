// The fields of a paper's questions: read, compared with what was drawn, filled, taken from a newer page.
const SERVICE = /-(seen|age)$/;
const fieldsIn = (box) =>
  [...box.querySelectorAll("input, select, textarea")].filter(
    (f) => f.name.startsWith(`i${box.dataset.item}-`) && !SERVICE.test(f.name));
const ticks = (field) => field.type === "radio" || field.type === "checkbox";

// Name and value of what is chosen and typed now.
export function read(box) {
  return fieldsIn(box).filter((f) => !ticks(f) || f.checked).map((f) => [f.name, f.value]);
}

// The same as the page came from the server.
export function drawn(box) {
  return fieldsIn(box)
    .filter((f) => !ticks(f) || f.defaultChecked)
    .map((f) => {
      if (f.tagName !== "SELECT") return [f.name, ticks(f) ? f.value : f.defaultValue];
      const chosen = [...f.options].find((o) => o.defaultSelected) || f.options[0];
      return [f.name, chosen ? chosen.value : ""];
    });
}

export function fill(box, fields) {
  for (const field of fieldsIn(box)) {
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (ticks(field)) field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
  }
}

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export function isAnswered(box) {
  // How sure one is says nothing yet about what one answers.
  const fields = fieldsIn(box).filter((f) => f.type !== "hidden" && !f.name.endsWith("-certainty"));
  const choices = fields.filter(ticks);
  const texts = fields.filter((f) => !ticks(f));
  if (texts.length) return texts.every((f) => f.value.trim() !== "");
  return choices.some((f) => f.checked);
}
