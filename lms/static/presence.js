// A long list of presence narrows as one types. Who is out of sight keeps the tick; while some are,
// nobody ticks everybody.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const box = document.querySelector("[data-narrows]");
const lines = [...document.querySelectorAll(".presence > li")].map((line) => [line, plain(line.textContent)]);

function narrow() {
  const asked = plain(box.value).split(/\s+/).filter(Boolean);
  let left = 0;
  for (const [line, words] of lines) {
    line.hidden = !asked.every((part) => words.includes(part));
    if (!line.hidden) left += 1;
  }
  document.querySelector(".presence-tools").hidden = asked.length > 0;
  document.querySelector("[data-nobody]").hidden = left > 0;
}
box.addEventListener("input", narrow);
narrow();
