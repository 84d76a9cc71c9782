// Lessons kept for reading offline, and what was read meanwhile: told to the server when it answers
// again. Loaded only on a computer of one's own, and only by who keeps something or asks for it.
const own = document.getElementById("kept").dataset;
const NAME = `atestat-${own.mark}`;
const LIST = "/courses/kept";
const INDEX = "/courses/kept/index"; // never asked of the server
const FLAG = "atestat-reading"; // whose reading waits: a mark, no name

const flag = (value) => {
  try {
    if (value === undefined) return localStorage.getItem(FLAG);
    if (value) localStorage.setItem(FLAG, value);
    else localStorage.removeItem(FLAG);
  } catch (_) { /* forbidden: what waits is looked for on lessons alone */ }
  return null;
};

// 1. What is kept
export async function entries() {
  const cache = (await caches.has(NAME)) && (await caches.open(NAME));
  const index = cache && (await cache.match(INDEX));
  return index ? index.json() : [];
}

const addresses = (page) => [
  ...[...page.querySelectorAll("link[rel=stylesheet],link[rel=icon]")].map((e) => e.getAttribute("href")),
  ...[...page.querySelectorAll("script[src],article img[src]")].map((e) => e.getAttribute("src")),
  ...[...page.querySelectorAll("[data-script],[data-keeper]")].flatMap((e) => [e.dataset.script, e.dataset.keeper]),
  ...[...page.querySelectorAll("use")].slice(0, 1).map((e) => e.getAttribute("href").split("#")[0]),
].filter(Boolean);

async function got(address, headers) {
  const answer = await fetch(address, { headers, cache: "no-cache" });
  if (!answer.ok || answer.redirected) throw new Error(address);
  return answer;
}

async function keepPage(cache, address) {
  const answer = await got(address, { "X-Keep": "1", Accept: "text/html" });
  const html = await answer.clone().text();
  const page = new DOMParser().parseFromString(html, "text/html");
  if (page.getElementById("kept")?.dataset.mark !== own.mark) throw new Error("signed out");
  const parts = [...new Set(addresses(page))];
  let bytes = html.length;
  for (const part of parts) {
    let held = await cache.match(part);
    if (!held) {
      held = await got(part);
      await cache.put(part, held.clone());
    }
    if (!part.startsWith("/static/")) bytes += (await held.blob()).size;
  }
  await cache.put(address, answer);
  return { parts, bytes, title: page.querySelector("h1").textContent.trim(), number: page.querySelector("article")?.dataset.number || "", version: page.querySelector("article")?.dataset.version || "" };
}

async function writeIndex(cache, list, listParts) {
  const wanted = new Set([INDEX, LIST, ...listParts, ...list.flatMap((e) => [e.href, ...e.parts])]);
  await cache.put(INDEX, new Response(JSON.stringify(list), { headers: { "Content-Type": "application/json" } }));
  for (const request of await cache.keys()) {
    const url = new URL(request.url);
    if (!wanted.has(url.pathname + url.search)) await cache.delete(request); // of an earlier version
  }
}

export async function keep(hrefs, told = () => {}) {
  await navigator.serviceWorker.register("/offline-worker.js");
  const cache = await caches.open(NAME);
  const list = await entries();
  const { parts } = await keepPage(cache, LIST);
  let done = 0;
  for (const href of hrefs) {
    told(done, hrefs.length);
    const entry = { href, at: Date.now(), ...(await keepPage(cache, href)) };
    const at = list.findIndex((e) => e.href === href);
    if (at < 0) list.push(entry);
    else list[at] = entry;
    done += 1;
    await writeIndex(cache, list, parts); // what is whole stays, whatever comes after
  }
}

export async function removeAll() {
  await caches.delete(NAME);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}

// 2. What was read without a line
let keeper = null;
const openKeeper = () => (keeper ??= import(own.keeper).then((m) =>
  m.openKeeper(`reading-${own.mark}`, sitting.key, own.sealedBy)));
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
const form = document.querySelector("form[data-active]");
const [, , slug, module, lesson] = (form ? location.pathname : "").split("/");
const sitting = { key: newKey(), slug, module, lesson, signs: [], read_at: null, at: Date.now() };

const put = async () => {
  flag(own.mark);
  await (await openKeeper()).put([sitting]);
};
const status = document.createElement("p");
status.setAttribute("role", "status");
status.className = "reading-status no-print";
document.querySelector(".reader-bar")?.after(status);
const say = (text) => (status.textContent = text);

// A sign of life that could not be sent.
export async function sign() {
  if (!form) return;
  sitting.signs.push(Date.now());
  say(own.offline);
  await put();
}

export async function sync() {
  const store = await openKeeper();
  const waiting = (await store.load()).filter((one) => one.signs.length || one.read_at);
  const mine = sitting.signs.length;
  for (const course of new Set(waiting.map((one) => one.slug))) {
    const sittings = waiting.filter((one) => one.slug === course);
    for (let at = 0; at < sittings.length; at += 20) {
      const answer = await fetch(`/courses/${encodeURIComponent(course)}/offline-reading`, {
        method: "POST",
        headers: { "X-CSRF-Token": own.token, Accept: "application/json" },
        body: new URLSearchParams({ told: JSON.stringify({ sent_at: Date.now(), sittings: sittings.slice(at, at + 20) }) }),
      });
      // A course that is gone takes nothing any more; anything else is tried again on another page.
      if (!answer.ok && answer.status !== 404) return false;
    }
  }
  await store.drop();
  if (sitting.signs.length > mine) return put(); // grown meanwhile: told again, under the same key
  if (mine) { // what follows is another sitting
    Object.assign(sitting, { key: newKey(), signs: [], read_at: null });
    keeper = null;
  }
  flag("");
  if (waiting.length) say(own.sent);
  return true;
}

async function look() {
  if (!navigator.onLine) return sign();
  if (!form && flag() !== own.mark) return;
  try {
    await ((await fetch("/health", { cache: "no-store" })).ok && sync());
  } catch (_) {
    await sign();
  }
}

async function refresh() { // a lesson that changed is kept anew when it is seen
  const article = document.querySelector("article[data-version]");
  const held = (await entries()).find((e) => e.href === location.pathname);
  if (held && article && navigator.onLine && held.version !== article.dataset.version) await keep([held.href]);
}

if (form && navigator.serviceWorker?.controller) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try { // where it leads is known to the page; the answer itself is not needed
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
      if (answer.type !== "opaqueredirect") return form.submit();
    } catch (_) {
      sitting.signs.push(Date.now());
      sitting.read_at = Date.now();
      await put();
      say(own.read);
    }
    location.assign(form.dataset.next);
  });
}
look();
addEventListener("online", look);
refresh().catch(() => {});

// 3. The buttons under „More”
const box = document.querySelector("[data-keep]");
if (box?.querySelector("[data-keep-lesson]") && "serviceWorker" in navigator && window.caches) {
  const tell = (text) => (box.querySelector("[data-keep-status]").textContent = text);
  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`);
  const offer = async () => {
    const told = await (await fetch(box.dataset.manifest, { headers: { Accept: "application/json" } })).json();
    const held = await entries();
    const shared = held.length ? 0 : told.shared;
    const show = (name, lessons) => {
      const button = box.querySelector(`[data-keep-${name}]`);
      const bytes = lessons.reduce((sum, l) => sum + l.bytes, shared);
      button.textContent = box.dataset[name].replace("{size}", size(bytes));
      button.hidden = !lessons.length;
      button.onclick = async () => {
        button.disabled = true;
        try {
          await keep(lessons.map((l) => l.href), (done, all) =>
            tell(box.dataset.working.replace("{done}", done).replace("{all}", all)));
          tell(box.dataset.done);
        } catch (_) {
          tell(box.dataset.failed);
        }
        button.disabled = false;
        await offer().catch(() => {});
      };
    };
    const missing = told.lessons.filter((l) => !held.some((e) => e.href === l.href));
    const here = missing.filter((l) => l.href === box.dataset.href);
    if (!here.length) tell(box.dataset.done);
    show("lesson", here);
    show("module", missing.length > here.length ? missing : []);
  };
  const opened = () => box.closest("details").open && offer().catch(() => {});
  box.closest("details").addEventListener("toggle", opened);
  opened();
}
