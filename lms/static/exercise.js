// Saves a text while it is written, says when, keeps it while the line is down, sends it again.
// What waits stands in the page and in sessionStorage of this tab; nothing else is kept.
const form = document.querySelector("form.work-form");
if (form) {
  const status = form.querySelector("[data-saved]");
  const address = form.dataset.save;
  const fields = [...form.querySelectorAll("textarea, input[type=text]")];
  const hidden = (name) => form.querySelector(`[name=${name}]`);
  const token = () => hidden("csrf_token").value;
  const values = () => fields.map((field) => field.value);
  let last = JSON.stringify(values()); // what the server is known to hold
  let waits = false;
  let sending = false;
  let leaving = false;
  let stopped = false; // closed, or another window was first: sending again would not help
  let timer = null;
  let tries = 0;

  const say = (text, kind) => {
    status.className = "saved" + (kind ? " saved-" + kind : "");
    status.textContent = text;
  };
  const remember = () => {
    try {
      if (waits) {
        const kept = { values: values(), writer: hidden("writer").value, seen: hidden("seen").value };
        sessionStorage.setItem(address, JSON.stringify(kept));
      } else {
        sessionStorage.removeItem(address);
      }
    } catch (_) { /* storage is full or forbidden: the page itself still keeps the text */ }
  };
  const body = () => {
    const turn = hidden("turn");
    turn.value = String(Number(turn.value) + 1);
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(form)) sent.append(name, value);
    sent.append("by_itself", "1");
    return sent;
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(flush, ms);
  };

  async function flush() {
    if (sending || !waits || stopped) return;
    sending = true;
    const sent = JSON.stringify(values());
    say(form.dataset.pending, "pending");
    try {
      const stop = new AbortController();
      const limit = setTimeout(() => stop.abort(), 15000);
      const answer = await fetch(address, {
        method: "POST",
        body: body(),
        headers: { Accept: "application/json", "X-CSRF-Token": token() },
        signal: stop.signal,
      });
      clearTimeout(limit);
      if (answer.ok) {
        const said = await answer.json();
        hidden("seen").value = said.seen;
        last = sent;
        waits = JSON.stringify(values()) !== sent;
        tries = 0;
        remember();
        say(said.message, "");
        sending = false;
        if (waits) later(800);
        return;
      }
      if (answer.status === 401 || answer.status === 400) {
        say(form.dataset.expired, "failed");
        refreshToken();
      } else if (answer.status === 409 || answer.status === 422) {
        say((await answer.json()).error, "failed");
        stopped = answer.status === 409;
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
      if (fresh) hidden("csrf_token").value = fresh.value;
    } catch (_) { /* the next try asks again */ }
  }

  const grow = (field) => {
    if (field.tagName !== "TEXTAREA" || CSS.supports("field-sizing", "content")) return;
    if (field.scrollHeight > field.clientHeight) field.rows = Math.min(40, field.rows + 2);
  };
  form.addEventListener("input", (event) => {
    grow(event.target);
    waits = JSON.stringify(values()) !== last;
    remember();
    if (waits) later(1200);
  });
  form.addEventListener("change", () => later(150));
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    leaving = true;
    const turn = hidden("turn");
    turn.value = String(Number(turn.value) + 1);
  });
  addEventListener("online", () => later(100));
  addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  addEventListener("pagehide", () => {
    if (waits && !leaving && !stopped) navigator.sendBeacon(address, body());
  });

  // What this tab had not sent before it was closed or reloaded, if nobody has written since.
  try {
    const kept = JSON.parse(sessionStorage.getItem(address) || "null");
    const follows = kept && (kept.seen === hidden("seen").value || kept.writer === form.dataset.drawnAfter);
    if (follows && JSON.stringify(kept.values) !== last && !form.querySelector("[aria-invalid]")) {
      fields.forEach((field, at) => { field.value = kept.values[at] ?? field.value; });
      const around = form.closest("details");
      if (around) around.open = true;
      waits = true;
      later(200);
    } else {
      sessionStorage.removeItem(address);
    }
  } catch (_) { /* nothing usable was kept */ }
  fields.forEach(grow);
}
