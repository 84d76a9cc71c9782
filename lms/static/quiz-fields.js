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
    else if (values.length) {
      // A marker set on the picture elsewhere: its point is no choice of this page yet.
      if (field.tagName === "SELECT" && field.closest("[data-markers]") && /^[\d.]+,[\d.]+$/.test(values[0])) {
        const point = field.querySelector("[data-point]") || new Option(field.closest("[data-markers]").dataset.on);
        point.dataset.point = "";
        point.value = values[0];
        field.options[0].after(point);
      }
      field.value = values[0];
    }
  }
  box.dispatchEvent(new Event("filled"));
}

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// Whether nothing is left to fill in: each field, and one choice at least under each name.
export function isAnswered(box) {
  const handedIn = box.querySelector("[data-files]"); // files go by their own button
  if (handedIn) return handedIn.dataset.held === "1";
  // How sure one is says nothing yet about what one answers.
  const fields = fieldsIn(box).filter((f) => f.type !== "hidden" && !f.name.endsWith("-certainty"));
  // Which markers belong nowhere is a part of the question: one that is set is an answer.
  if (box.querySelector("[data-markers]")) return fields.some((f) => f.value !== "");
  return [...new Set(fields.map((f) => f.name))].every((name) => {
    const own = fields.filter((f) => f.name === name);
    return ticks(own[0]) ? own.some((f) => f.checked) : own.every((f) => f.value.trim() !== "");
  });
}
