// Comfort for some question types: rows that move, words that are dragged, a count of words.
// All of it only fills in the fields that are there without it, and tells quiz.js by „change”.
const tell = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

// Ordering: the numbers follow the rows. ---------------------------------------------------------
for (const list of document.querySelectorAll("[data-ordering]")) {
  const rows = () => [...list.querySelectorAll("[data-row]")];
  const place = (row) => row.querySelector(".ordering-place");
  const number = () => {
    rows().forEach((row, at) => { place(row).value = at + 1; });
    tell(place(rows()[0]));
  };
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    const other = button.dataset.move === "1" ? row.nextElementSibling : row.previousElementSibling;
    if (other) button.dataset.move === "1" ? other.after(row) : other.before(row);
    number();
    button.focus();
  });
  // Numbers that are typed move the rows once they are all there.
  list.addEventListener("change", (event) => {
    if (!event.isTrusted || !event.target.matches(".ordering-place")) return;
    const typed = rows().map((row) => Number(place(row).value));
    if (new Set(typed).size < typed.length || typed.some((n) => !Number.isInteger(n) || n < 1)) return;
    const at = event.target;
    rows().sort((one, other) => place(one).value - place(other).value).forEach((row) => list.append(row));
    at.focus();
  });
  let dragged = null;
  for (const row of rows()) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      row.classList.add("is-dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    row.addEventListener("dragend", () => {
      row.classList.remove("is-dragged");
      dragged = null;
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged || dragged === row) return;
      event.preventDefault();
      const box = row.getBoundingClientRect();
      event.clientY > box.top + box.height / 2 ? row.after(dragged) : row.before(dragged);
    });
  }
  list.addEventListener("dragover", (event) => { if (dragged) event.preventDefault(); });
  list.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    number();
  });
}

// Words to drag: the lists stay, the bank above them only chooses in them. -----------------------
for (const text of document.querySelectorAll("[data-gaps]")) {
  const bank = text.parentElement.querySelector("[data-bank]");
  const gaps = [...text.querySelectorAll("select.gap")];
  if (!bank) continue;
  const show = () => {
    const used = new Set(gaps.map((gap) => gap.value));
    for (const word of bank.children) {
      word.classList.toggle("is-used", !("reuse" in bank.dataset) && used.has(word.dataset.word));
    }
  };
  bank.hidden = false;
  let word = "";
  bank.addEventListener("dragstart", (event) => {
    word = event.target.dataset.word;
    event.dataTransfer.setData("text/plain", event.target.textContent);
  });
  bank.addEventListener("dragend", () => { word = ""; });
  for (const gap of gaps) {
    const takes = () => word && [...gap.options].some((option) => option.value === word);
    gap.addEventListener("dragover", (event) => {
      if (!takes()) return;
      event.preventDefault();
      gap.classList.add("is-over");
    });
    gap.addEventListener("dragleave", () => gap.classList.remove("is-over"));
    gap.addEventListener("drop", (event) => {
      gap.classList.remove("is-over");
      if (!takes()) return;
      event.preventDefault();
      const before = gaps.find((other) => other !== gap && other.value === word);
      if (before && !("reuse" in bank.dataset)) before.value = "";
      gap.value = word;
      tell(gap);
    });
  }
  text.addEventListener("change", show);
  show();
}

// Essays: how many words there are, said as one types. -------------------------------------------
const WORD = /[\p{L}\p{N}]+(?:[-'’.][\p{L}\p{N}]+)*/gu;
for (const line of document.querySelectorAll("[data-words-of]")) {
  const area = document.getElementById(line.dataset.wordsOf);
  const count = () => {
    line.textContent = line.dataset.words.replace("%(num)s", (area.value.match(WORD) || []).length);
  };
  line.hidden = false;
  area.addEventListener("input", count);
  count();
}

// Labels on a picture: the lists below it stay; the bank and the picture only choose in them. A label
// is dragged to its place, or picked with one touch and put down with another.
for (const box of document.querySelectorAll("[data-zones]")) {
  const bank = box.querySelector("[data-bank]");
  const zones = box.querySelector(".zones");
  const lists = [...box.querySelectorAll("select[data-for]")];
  let word = "";
  const pick = (id) => {
    word = id;
    zones.classList.toggle("is-asking", Boolean(id));
    for (const item of bank.children) item.classList.toggle("is-picked", item.dataset.word === id);
  };
  const show = () => {
    const used = new Set(lists.map((list) => list.value));
    for (const item of bank.children) {
      item.classList.toggle("is-used", !("reuse" in bank.dataset) && used.has(item.dataset.word));
    }
    for (const list of lists) {
      const label = zones.querySelector(`[data-zone="${list.dataset.for}"] .zone-label`);
      label.textContent = list.value ? list.selectedOptions[0].textContent : "";
    }
  };
  const takes = (list) => word && [...list.options].some((option) => option.value === word);
  const put = (list) => {
    const before = lists.find((other) => other !== list && other.value === word);
    if (before && !("reuse" in bank.dataset)) before.value = "";
    list.value = word;
    pick("");
    tell(list);
  };
  bank.hidden = box.closest("fieldset[disabled]") !== null;
  bank.addEventListener("click", (event) => {
    const item = event.target.closest("[data-word]");
    if (item) pick(item.dataset.word === word ? "" : item.dataset.word);
  });
  bank.addEventListener("dragstart", (event) => {
    pick(event.target.dataset.word);
    event.dataTransfer.setData("text/plain", event.target.textContent);
  });
  bank.addEventListener("dragend", () => pick(""));
  for (const list of lists) {
    const zone = zones.querySelector(`[data-zone="${list.dataset.for}"]`);
    zone.addEventListener("click", () => { if (takes(list)) put(list); else list.focus(); });
    zone.addEventListener("dragover", (event) => {
      if (!takes(list)) return;
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      zone.classList.remove("is-over");
      if (!takes(list)) return;
      event.preventDefault();
      put(list);
    });
  }
  box.addEventListener("change", show);
  const item = box.closest("[data-item]");
  if (item) item.addEventListener("filled", show);
  show();
}

// Markers on a picture: picked with one touch and set with another, or dragged. What is set stands in
// the marker's list, as a point of the picture.
for (const box of document.querySelectorAll("[data-markers]")) {
  const SVG = "http://www.w3.org/2000/svg";
  const bank = box.querySelector("[data-bank]");
  const canvas = box.querySelector("[data-canvas]");
  const pins = canvas.querySelector("svg");
  const lists = [...box.querySelectorAll("select[data-for]")];
  const asked = new Map(lists.map((list) => [list.dataset.for, list]));
  let word = "";
  const pick = (id) => {
    word = id;
    canvas.classList.toggle("is-asking", Boolean(id));
    for (const item of bank.children) item.classList.toggle("is-picked", item.dataset.word === id);
  };
  const show = () => {
    pins.replaceChildren();
    for (const item of bank.children) {
      const list = asked.get(item.dataset.word);
      item.classList.toggle("is-used", Boolean(list.value));
      if (!list.value.includes(",")) continue;
      const [x, y] = list.value.split(",");
      const pin = document.createElementNS(SVG, "g");
      pin.setAttribute("class", "pin");
      const add = (name, values) => {
        const made = document.createElementNS(SVG, name);
        for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
        pin.append(made);
        return made;
      };
      add("circle", { cx: `${x}%`, cy: `${y}%`, r: 7 });
      add("text", { class: "zone-label", x: `${x}%`, y: `${y}%`, dy: -12 }).textContent = item.textContent;
      pins.append(pin);
    }
  };
  const put = (event) => {
    if (!word) return;
    const frame = canvas.getBoundingClientRect();
    const part = (at, from, whole) => Math.min(100, Math.max(0, Math.round((at - from) / whole * 1000) / 10));
    const list = asked.get(word);
    const point = `${part(event.clientX, frame.left, frame.width)},${part(event.clientY, frame.top, frame.height)}`;
    let option = list.querySelector("[data-point]");
    if (!option) {
      option = new Option(box.dataset.on);
      option.dataset.point = "";
      list.options[0].after(option);
    }
    option.value = point;
    list.value = point;
    pick("");
    tell(list);
  };
  bank.hidden = box.closest("fieldset[disabled]") !== null;
  bank.addEventListener("click", (event) => {
    const item = event.target.closest("[data-word]");
    if (item) pick(item.dataset.word === word ? "" : item.dataset.word);
  });
  bank.addEventListener("dragstart", (event) => {
    pick(event.target.dataset.word);
    event.dataTransfer.setData("text/plain", event.target.textContent);
  });
  bank.addEventListener("dragend", () => pick(""));
  canvas.addEventListener("click", put);
  canvas.addEventListener("dragover", (event) => { if (word) event.preventDefault(); });
  canvas.addEventListener("drop", (event) => {
    if (!word) return;
    event.preventDefault();
    put(event);
  });
  box.addEventListener("change", show);
  const item = box.closest("[data-item]");
  if (item) item.addEventListener("filled", show);
  show();
}
