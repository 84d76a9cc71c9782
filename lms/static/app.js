// Small comforts. Every page works without this file.
const root = document.documentElement;
root.classList.add("js");

// A page that opens with errors puts the reader at the list of them.
document.querySelector("[data-takes-focus]")?.focus();

// On a computer that others use too, a sign-in left alone ends.
const idle = document.getElementById("idle");
if (idle) setTimeout(() => import(idle.dataset.script), 30000);

// What lessons this computer keeps is for one person: it goes with them. A page drawn in a fault („?”)
// doesn't know whose it is.
const kept = document.getElementById("kept")?.dataset;
if (window.caches && kept?.mark !== "?") {
  caches.keys().then((names) => names.forEach((name) => {
    if (name.startsWith("atestat-") && name !== `atestat-${kept?.mark}`) caches.delete(name);
  })).catch(() => {});
  if (!kept) {
    navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((one) => one.unregister())).catch(() => {});
  }
}
let waits = null; // whose reading is still to be sent
try { waits = localStorage.getItem("atestat-reading"); } catch (_) { /* storage is forbidden */ }
if (kept?.script && (waits === kept.mark || navigator.serviceWorker?.controller)) import(kept.script);

// On a narrow screen the strip of links starts where the reader is.
document.querySelectorAll(".site-nav [aria-current],.tabs [aria-current]").forEach((here) => {
  const strip = here.closest("ul");
  strip.scrollLeft += here.getBoundingClientRect().left - strip.getBoundingClientRect().left - 32;
});

// On a narrow screen filters that are not in use leave the room to the list.
if (matchMedia("(max-width:47.99rem)").matches) {
  document.querySelectorAll("details[data-folds]").forEach((fold) => (fold.open = false));
}

// A lesson's table that is wider than the screen can be scrolled with the keyboard.
document.querySelectorAll(".prose table").forEach((table) => {
  if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
});

// Ticks of a working list: the bar with the actions shows once there is one.
function countTicks(form) {
  const ticks = [...form.querySelectorAll("input[data-tick]")];
  const chosen = ticks.filter((tick) => tick.checked).length;
  const bar = form.querySelector("[data-bulkbar]");
  const all = form.querySelector("input[data-tick-all]");
  if (bar) {
    bar.hidden = chosen === 0;
    const count = bar.querySelector("[data-bulk-count]");
    if (count) count.textContent = String(chosen);
  }
  if (all) {
    all.checked = chosen > 0 && chosen === ticks.length;
    all.indeterminate = chosen > 0 && chosen < ticks.length;
  }
}
const lists = document.querySelectorAll("form[data-bulk]");
lists.forEach(countTicks);

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-tick-all]")) {
    form.querySelectorAll("input[data-tick]").forEach((tick) => (tick.checked = event.target.checked));
  }
  countTicks(form);
});

function close(details) {
  details.open = false;
  details.querySelector("summary")?.focus();
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-closes='details']")) close(event.target.closest("details"));
  if (event.target.closest("[data-prints]")) window.print();
  if (event.target.closest("[data-goes-back]")) history.back(); // to a form as it was filled in
});
document.addEventListener("keydown", (event) => {
  const details = event.key === "Escape" && event.target.closest("details.confirm[open]");
  if (details) close(details);
});

// A second press of the same button sends nothing. The button is switched off only after the
// browser has collected the form, so that its name and value still travel; a form that is answered
// by a download or a new tab says data-repeatable.
const senders = (form) => [...form.elements].filter((control) => control.type === "submit");
function release(form) {
  delete form.dataset.sent;
  senders(form).forEach((button) => (button.disabled = false));
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || "repeatable" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  setTimeout(() => {
    if (event.defaultPrevented) return;
    form.dataset.sent = "yes";
    senders(form).forEach((button) => (button.disabled = true));
    setTimeout(release, 15000, form);
  });
});
// The page may come back from the browser's memory: then everything works again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    document.querySelectorAll("form[data-sent]").forEach(release);
  }
  lists.forEach(countTicks);
});
