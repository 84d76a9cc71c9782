// Marking: drafts of marks are kept as they are filled in; the keyboard goes through the queue.
const form = document.querySelector("[data-draft]");
const status = form.querySelector("[data-saved]");
const sum = form.querySelector("[data-sum]");
const filled = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
let kept = filled().toString(), timer = null, sending = false, leaves = false;

async function keep() {
  clearTimeout(timer);
  const body = filled();
  if (sending || leaves || body.toString() === kept) return;
  sending = true;
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST", body, headers: { Accept: "application/json" }, keepalive: true,
    });
    if (!answer.ok) throw new Error(answer.status);
    status.textContent = (await answer.json()).message;
    kept = body.toString();
  } catch (_) {
    status.textContent = form.dataset.failed;
    timer = setTimeout(keep, 5000);
  }
  sending = false;
  if (filled().toString() !== kept) timer = setTimeout(keep, 1000);
}

function add() {
  if (!sum) return;
  const rows = form.querySelectorAll(".rubric-row");
  const chosen = form.querySelectorAll(".rubric-row input:checked");
  const part = [...chosen].reduce((total, field) => total + Number(field.dataset.earns), 0);
  const points = Math.round(part * Number(sum.dataset.marks) * 100) / 100;
  const written = points.toLocaleString(document.documentElement.lang);
  sum.textContent = chosen.length === rows.length ? sum.dataset.words.replace("%(points)s", written) : "";
}

form.addEventListener("input", () => {
  add();
  clearTimeout(timer);
  timer = setTimeout(keep, 800);
});
form.addEventListener("submit", () => { leaves = true; });
addEventListener("pagehide", () => {
  if (!leaves && filled().toString() !== kept) navigator.sendBeacon(form.dataset.draft, filled());
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.querySelector("[type=submit]").click();
  }
  const way = { ArrowRight: "next", ArrowLeft: "prev" }[event.key];
  const link = event.altKey && way && document.querySelector(`[data-key="${way}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});
form.querySelector("[data-keys]").hidden = false;
add();
