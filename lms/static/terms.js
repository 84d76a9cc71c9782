// The definition of a term beside it, on click, focus or Enter; Escape closes it. Without this file
// the link leads to the lesson's own list of terms.
const article = document.querySelector("article.prose");
const links = [...article.querySelectorAll("a.term")];
const note = document.createElement("div");
note.className = "term-note";
note.id = "term-note";
note.lang = document.documentElement.lang;
note.setAttribute("role", "status"); // said aloud as soon as it is filled
article.append(note);

// The list below is long and stands behind the text: it is folded, unless somebody came for a term.
const list = document.querySelector(".terms details");
const fold = (isOpen) => { list.open = isOpen; };
if (list && !location.hash.startsWith("#termen-")) fold(false);
if (list) {
  addEventListener("hashchange", () => location.hash.startsWith("#termen-") && fold(true));
  addEventListener("beforeprint", () => fold(true));
}

let shown = null;
let byPointer = false;

function hide() {
  if (!shown) return;
  shown.setAttribute("aria-expanded", "false");
  note.replaceChildren();
  shown = null;
}

function place() {
  const sheet = article.getBoundingClientRect();
  const rows = shown.getClientRects();
  const first = rows[0];
  const last = rows[rows.length - 1];
  const height = note.offsetHeight;
  const isBelow = last.bottom + height + 8 < window.innerHeight || first.top < height + 8;
  const top = isBelow ? last.bottom + 6 : first.top - height - 6;
  const left = Math.min(last.left - sheet.left, sheet.width - note.offsetWidth);
  note.style.top = `${top - sheet.top}px`;
  note.style.left = `${Math.max(0, left)}px`;
}

function show(link) {
  const title = document.getElementById(link.hash.slice(1));
  if (!title || shown === link) return;
  hide();
  const word = document.createElement("b");
  word.lang = "ro";
  word.textContent = title.querySelector("dfn").textContent;
  note.style.top = note.style.left = "0";
  note.append(word, " – ", title.nextElementSibling.firstElementChild.textContent);
  link.setAttribute("aria-expanded", "true");
  shown = link;
  place();
}

links.forEach((link) => {
  link.setAttribute("aria-expanded", "false");
  link.setAttribute("aria-controls", note.id);
  link.addEventListener("focus", () => byPointer || show(link));
  link.addEventListener("blur", (event) => event.relatedTarget && hide());
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (shown === link && byPointer) hide();
    else show(link);
  });
});
document.addEventListener("pointerdown", () => (byPointer = true), true);
document.addEventListener("keydown", (event) => {
  byPointer = false;
  if (event.key === "Escape") hide();
}, true);
document.addEventListener("click", (event) => {
  const isSelecting = note.contains(event.target) && String(getSelection());
  if (!event.target.closest("a.term") && !isSelecting) hide();
});
window.addEventListener("resize", () => shown && place());
