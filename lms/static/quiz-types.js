// Comfort for some question types: rows that move, words that are dragged, a count of words. All of it
// only fills in the fields that are there without it, and tells quiz.js by „change”.
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
