// A page that shows how far a piece of work has come: it follows the work in place, says each quarter
// aloud, and is drawn anew once the work is over. Without this file the page refreshes itself.
const PAUSE = 2000; // ms
const own = new URL(import.meta.url).pathname;
const labels = (page) => [...page.querySelectorAll("main label.progress")];

const told = document.createElement("p");
told.className = "visually-hidden";
told.setAttribute("role", "status");
document.querySelector("main").append(told);

const quarter = (bar) => Math.floor((4 * bar.value) / bar.max);

function follow(here, there) {
  const bar = here.querySelector("progress");
  const next = there.querySelector("progress");
  const words = there.querySelector(".progress-label").textContent;
  if (quarter(next) > quarter(bar)) told.textContent = words;
  bar.max = next.max;
  bar.value = next.value;
  here.querySelector(".progress-label").textContent = words;
}

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const is = labels(document), will = labels(page);
  const works = [...page.scripts].some((script) => script.src.includes(own));
  if (!works || is.length !== will.length) return location.reload();
  is.forEach((here, at) => follow(here, will[at]));
  return later();
}

const later = () => setTimeout(() => look().catch(later), PAUSE); // a line that is down is waited for
later();
