// On a computer that others use too: after so many minutes without a key, a click or a touch, in any
// tab, the sign-in ends and nothing of the person's stays here; two minutes before, the page asks.
const told = document.getElementById("idle").dataset;
const LIMIT = Number(told.minutes) * 60000;
const ASK_BEFORE = Math.min(120000, LIMIT / 2);
const PING_EVERY = 5 * 60000;
const MARK = "atestat-used"; // a moment, nobody's

let used = Date.now();
let pinged = used;
let dialog = null;
let leaving = false;

// Other tabs of this browser leave word here.
const elsewhere = () => {
  try { return Number(localStorage.getItem(MARK)) || 0; } catch (_) { return 0; }
};
function use(event) {
  if (dialog && event.type !== "cancel" && event.currentTarget === document) return; // its button answers
  const now = Date.now();
  if (now - Math.max(used, elsewhere()) >= LIMIT) return look();
  if (now - used > 5000 || dialog) {
    try { localStorage.setItem(MARK, String(now)); } catch (_) { /* forbidden: this tab counts alone */ }
  }
  used = now;
  if (dialog) close();
}

function close() {
  dialog.remove();
  dialog = null;
}

function ask() {
  dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const title = document.createElement("h2");
  title.textContent = told.ask;
  title.id = "idle-ask";
  const why = document.createElement("p");
  why.textContent = told.why;
  const stay = document.createElement("button");
  stay.className = "button button-primary";
  stay.textContent = told.stay;
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(title, why, stay);
  dialog.addEventListener("cancel", use);
  stay.addEventListener("click", use);
  document.body.append(dialog);
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute("open", ""); // Safari before 15.4
}

async function leave() {
  leaving = true;
  const headers = { "X-CSRF-Token": told.token };
  try { // what is told stands on the next page, so it is not fetched here
    await fetch(told.leave, { method: "POST", headers, keepalive: true, redirect: "manual" });
  } catch (_) { /* no network: the server ends the sign-in by itself */ }
  document.body.replaceChildren();
  document.title = "";
  location.replace("/");
}

function look() {
  if (leaving) return;
  const idleFor = Date.now() - Math.max(used, elsewhere());
  if (idleFor >= LIMIT) return void leave();
  if (idleFor >= LIMIT - ASK_BEFORE) return void (dialog || ask());
  if (dialog) close();
  if (used > pinged && Date.now() - pinged >= PING_EVERY) { // somebody writes without sending
    pinged = Date.now();
    fetch(told.present, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => {});
  }
}

["keydown", "pointerdown", "pointermove", "wheel", "touchstart"].forEach((kind) =>
  document.addEventListener(kind, use, { passive: true, capture: true }));
told.ready = "yes";
setInterval(look, 10000);
document.addEventListener("visibilitychange", look); // a computer that slept
