// Saves each answer as it is given, says when, keeps it while the line is down, sends it again.
// Answers wait in the page and in sessionStorage of this tab; nothing else of the person is kept.
const form = document.querySelector("form.exam");
if (form) {
  const status = form.querySelector("[data-saved]");
  const counter = form.querySelector("[data-answered]");
  const attempt = form.dataset.save;
  const waiting = new Map(); // item → {body, key}
  const saved = new Map(); // item → what was last acknowledged
  let sending = false;
  let timer = null;
  let tries = 0;

  const say = (text, kind) => {
    status.className = "saved" + (kind ? " saved-" + kind : "");
    status.textContent = text;
  };
  const token = () => form.querySelector("[name=csrf_token]").value;
  const newKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");

  const fieldsOf = (item) => {
    const body = new URLSearchParams();
    body.append("item", item);
    for (const [name, value] of new FormData(form)) {
      // What was seen when the page was drawn tells nothing of an answer given since.
      if (name.startsWith("i" + item + "-") && !name.endsWith("-seen")) body.append(name, value);
    }
    return body;
  };
  const isAnswered = (box) => {
    const chosen = box.querySelector("input:checked");
    const selects = [...box.querySelectorAll("select")];
    const text = box.querySelector("input[type=text]");
    if (selects.length) return selects.every((s) => s.value !== "");
    if (text) return text.value.trim() !== "";
    return Boolean(chosen);
  };
  const count = (box) => {
    const link = form.querySelector(`[data-nav="${box.dataset.item}"]`);
    if (link) link.classList.toggle("is-answered", isAnswered(box));
    const done = form.querySelectorAll("[data-nav].is-answered").length;
    counter.textContent = form.dataset.count
      .replace("%(done)s", done)
      .replace("%(num)s", form.dataset.total);
  };
  const remember = () => {
    try {
      if (waiting.size) {
        sessionStorage.setItem(attempt, JSON.stringify([...waiting].map(([i, w]) => [i, w.body.toString(), w.key])));
      } else {
        sessionStorage.removeItem(attempt);
      }
    } catch (_) { /* storage is full or forbidden: the page itself still keeps the answers */ }
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(flush, ms);
  };

  async function flush() {
    if (sending || !waiting.size) return;
    sending = true;
    const [item, work] = waiting.entries().next().value;
    say(form.dataset.pending, "pending");
    try {
      const body = new URLSearchParams(work.body);
      body.append("key", work.key);
      const stop = new AbortController();
      const limit = setTimeout(() => stop.abort(), 15000);
      const answer = await fetch(attempt, {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRF-Token": token() },
        signal: stop.signal,
      });
      clearTimeout(limit);
      if (answer.ok) {
        const said = await answer.json();
        if (waiting.get(item) === work) waiting.delete(item);
        saved.set(item, work.body.toString());
        tries = 0;
        remember();
        say(said.message, "");
        sending = false;
        return flush();
      }
      if (answer.status === 401 || answer.status === 400) {
        say(form.dataset.expired, "failed");
        refreshToken();
      } else if (answer.status === 409) {
        say((await answer.json()).error, "failed");
        waiting.clear();
        remember();
        sending = false;
        return;
      } else {
        say(form.dataset.failed, "failed");
      }
    } catch (_) {
      say(form.dataset.failed, "failed");
    }
    sending = false;
    tries += 1;
    later(Math.min(30000, 1000 * 2 ** tries));
  }

  // After signing in again elsewhere, the page's token is that of the old sign-in: fetch the new one.
  async function refreshToken() {
    try {
      const page = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!page.ok || page.redirected) return;
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrf_token]");
      if (fresh) form.querySelectorAll("[name=csrf_token]").forEach((f) => { f.value = fresh.value; });
    } catch (_) { /* the next try asks again */ }
  }

  const take = (target, wait) => {
    const box = target.closest("[data-item]");
    if (!box) return;
    const item = box.dataset.item;
    const body = fieldsOf(item);
    count(box);
    // Leaving a field tells of a change that its typing has told already.
    if (!waiting.has(item) && saved.get(item) === body.toString()) return;
    waiting.set(item, { body, key: newKey() });
    remember();
    later(wait);
  };
  form.addEventListener("change", (event) => take(event.target, 150));
  form.addEventListener("input", (event) => {
    if (event.target.matches("input[type=text]")) take(event.target, 1200);
  });
  // The form carries what still waits; it stays kept in case the form does not arrive.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    for (const item of waiting.keys()) form.querySelector(`[name="i${item}-seen"]`)?.remove();
  });
  addEventListener("online", () => later(100));
  addEventListener("pagehide", () => {
    for (const [, work] of waiting) {
      const body = new URLSearchParams(work.body);
      body.append("key", work.key);
      body.append("csrf_token", token());
      navigator.sendBeacon(attempt, body);
    }
  });
  try {
    for (const [item, body, key] of JSON.parse(sessionStorage.getItem(attempt) || "[]")) {
      const box = form.querySelector(`[data-item="${item}"]`);
      if (!box) continue;
      const kept = new URLSearchParams(body);
      for (const field of box.querySelectorAll("input, select")) {
        if (!field.name.startsWith("i" + item + "-")) continue;
        const values = kept.getAll(field.name);
        if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
        else if (values.length) field.value = values[0];
      }
      waiting.set(item, { body: kept, key });
      count(box);
    }
    if (waiting.size) later(200);
  } catch (_) { /* nothing usable was kept */ }

  const clock = form.querySelector("[data-seconds]");
  if (clock) {
    const end = Date.now() + Number(clock.dataset.seconds) * 1000;
    setInterval(() => {
      const left = Math.max(0, Math.round((end - Date.now()) / 1000));
      if (left < 300) clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left === 0) form.requestSubmit();
    }, 1000);
  }
}
