// Signs of life while a lesson is open and looked at, so that reading time is counted fairly; where
// the reader stopped; figures that open larger. What lies behind „More” is fetched when it is opened.
const article = document.querySelector("article.prose");
const form = document.querySelector("form[data-active]");

if (form) {
  const token = form.querySelector("[name=csrf_token]").value;
  const kept = document.getElementById("kept")?.dataset; // a computer of one's own
  const send = (address, body, failed = () => {}) =>
    fetch(address, {
      method: "POST",
      headers: { "X-CSRF-Token": token, Accept: "application/json" },
      body,
      keepalive: true,
    }).catch(() => kept && failed());
  const beat = () => {
    if (document.visibilityState !== "visible") return;
    send(form.dataset.active, undefined, () => navigator.serviceWorker?.controller && import(kept.script).then((m) => m.sign()));
  };
  setInterval(beat, 60000);

  // The last heading above the middle of the screen; told when the page is left.
  const headings = [...article.querySelectorAll(":scope > h2[id]")];
  let told = headings[0]?.id;
  const tell = () => {
    if (document.visibilityState === "visible" || form.dataset.sent) return;
    const passed = headings.filter((h) => h.getBoundingClientRect().top < innerHeight / 2);
    const here = passed[passed.length - 1]?.id;
    if (!here || here === told) return;
    told = here;
    send(form.dataset.place, new URLSearchParams({ heading: here }));
  };
  document.addEventListener("visibilitychange", tell);
}

// A figure opens over the page; Escape, the button or a click beside it closes it. Without this
// file its link opens it alone.
article.addEventListener("click", (event) => {
  const link = event.target.closest("a.enlarge");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement) return;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  dialog.className = "figure-dialog";
  const close = document.createElement("button");
  close.className = "button button-secondary";
  close.textContent = article.dataset.close;
  const picture = link.querySelector("img").cloneNode();
  picture.className = "";
  picture.tabIndex = 0; // a wide one scrolls with the keyboard
  const frame = document.createElement("div");
  frame.append(picture);
  dialog.setAttribute("aria-label", picture.alt);
  dialog.append(close, frame);
  dialog.addEventListener("close", () => dialog.remove()); // focus goes back to the link by itself
  dialog.addEventListener("click", ({ target }) => target !== picture && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
});

const more = document.querySelector(".reader-more");
let reader = null;
const load = () => (reader ??= import(more.dataset.script));
more.addEventListener("toggle", () => {
  load();
  const kept = document.getElementById("kept");
  if (kept && kept.dataset.script) import(kept.dataset.script);
}, { once: true });
if (article.dataset.reader) {
  if (document.querySelector(".my-notes [data-note]")) load(); // marks of one's own are drawn
  document.addEventListener("selectionchange", () => {
    if (!reader && !getSelection().isCollapsed && article.contains(getSelection().anchorNode)) load();
  });
}
