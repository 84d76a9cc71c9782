// Saves each answer as it is given, says when, keeps it while the line is down, sends it again.
// It minds the answers as soon as it is there; the store of what waits joins in when it has come.
// The modules' addresses come with the page: they change with the files, and caches keep them for good.
const form = document.querySelector("form.exam");
const SOON = 150, PAUSE = 1200, LONGEST = 4000; // ms: after a choice, after the last key, while typing on

const pause = (ms) => new Promise((on) => setTimeout(on, ms));
const randomName = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");

// A line that breaks while the page is still coming must not leave it without its script. Some browsers
// remember under its address that a module didn't come, so it is asked for under another.
const load = (address, wait = 500) =>
  import(address).catch(() => pause(wait).then(() => load(`${address}#`, Math.min(8000, wait * 2))));

// The paper as the server draws it now, if whoever is signed in is whose paper it is.
const pageAt = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
};
const freshPaper = async () => {
  const found = (await pageAt(location.href))?.querySelector("form.exam");
  return found && found.dataset.place === form.dataset.place ? found : null;
};
const tokenOf = (element) => element?.querySelector("[name=csrf_token]")?.value || "";

// The fields of the questions: read, compared with what was drawn, filled. -------------------------
const SERVICE = /-(seen|age)$/;
const fieldsIn = (box) =>
  [...box.querySelectorAll("input, select, textarea")].filter(
    (f) => f.name.startsWith(`i${box.dataset.item}-`) && !SERVICE.test(f.name));
const ticks = (field) => field.type === "radio" || field.type === "checkbox";

// Name and value of what is chosen and typed now.
function given(box) {
  return fieldsIn(box).filter((f) => !ticks(f) || f.checked).map((f) => [f.name, f.value]);
}

// The same as the page came from the server.
function drawnIn(box) {
  return fieldsIn(box)
    .filter((f) => !ticks(f) || f.defaultChecked)
    .map((f) => {
      if (f.tagName !== "SELECT") return [f.name, ticks(f) ? f.value : f.defaultValue];
      const chosen = [...f.options].find((o) => o.defaultSelected) || f.options[0];
      return [f.name, chosen ? chosen.value : ""];
    });
}

function fill(box, fields) {
  for (const field of fieldsIn(box)) {
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (ticks(field)) field.checked = values.includes(field.value);
    else if (values.length) {
      // A marker set on the picture elsewhere: its point is no choice of this page yet.
      if (field.tagName === "SELECT" && field.closest("[data-markers]") && /^[\d.]+,[\d.]+$/.test(values[0])) {
        const point = field.querySelector("[data-point]") || new Option(field.closest("[data-markers]").dataset.on);
        point.dataset.point = "";
        point.value = values[0];
        field.options[0].after(point);
      }
      field.value = values[0];
    }
  }
  box.dispatchEvent(new Event("filled"));
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// Whether nothing is left to fill in: each field, and one choice at least under each name.
function isAnswered(box) {
  const handedIn = box.querySelector("[data-files]"); // files go by their own button
  if (handedIn) return handedIn.dataset.held === "1";
  // How sure one is says nothing yet about what one answers.
  const fields = fieldsIn(box).filter((f) => f.type !== "hidden" && !f.name.endsWith("-certainty"));
  // Which markers belong nowhere is a part of the question: one that is set is an answer.
  if (box.querySelector("[data-markers]")) return fields.some((f) => f.value !== "");
  return [...new Set(fields.map((f) => f.name))].every((name) => {
    const own = fields.filter((f) => f.name === name);
    return ticks(own[0]) ? own.some((f) => f.checked) : own.every((f) => f.value.trim() !== "");
  });
}

function begin() {
  const status = form.querySelector("[data-saved]");
  const notice = document.querySelector("[data-notice]");
  const counter = form.querySelector("[data-answered]");
  const again = form.querySelector("[data-again]");
  const address = form.dataset.save;
  const boxes = new Map([...form.querySelectorAll("[data-item]")].map((box) => [box.dataset.item, box]));
  const writer = randomName();
  const keeper = load(form.dataset.keeper)
    .then(({ openKeeper }) => openKeeper(form.dataset.place, writer, form.dataset.keepsWith));
  const saved = new Map(); // item → fields as last acknowledged or drawn
  const seen = new Map(); // item → sequence of the answer that this page shows
  let queue = []; // {item, fields, key, at, seen, writer}, in the order given
  let sending = null, timer = null, tries = 0, isClosed = false;
  let isTakenOver = false, keeps = false; // what a closed window left; whether the browser keeps anything
  let isReady = false, leftAt = 0; // the form may go by itself; when it went

  const seenField = (item) => form.querySelector(`[name="i${item}-seen"]`);
  for (const [item, box] of boxes) {
    saved.set(item, drawnIn(box));
    seen.set(item, Number(seenField(item).value));
  }

  // Telling ------------------------------------------------------------------------------------
  const say = (text, kind) => {
    status.className = "saved" + (kind ? " saved-" + kind : "");
    status.textContent = text;
  };
  const tell = (text, withResult) => {
    notice.querySelector("[data-text]").textContent = text;
    notice.querySelector("[data-result]").hidden = !withResult;
    notice.hidden = false;
  };
  const count = (box) => {
    const link = form.querySelector(`[data-nav="${box.dataset.item}"]`);
    if (link) {
      const done = isAnswered(box);
      link.classList.toggle("is-answered", done);
      link.querySelector(".visually-hidden").hidden = !done;
    }
    const done = form.querySelectorAll("[data-nav].is-answered").length;
    counter.textContent = form.dataset.count.replace("%(done)s", done).replace("%(num)s", form.dataset.total);
  };

  // Keeping: one write after the other, the newest state last ----------------------------------
  let keeping = takeOver(), keepAgain = false;
  const keep = () => {
    if (isTakenOver) form.dataset.waiting = queue.length;
    if (keepAgain) return;
    keepAgain = true;
    keeping = keeping.then(async () => {
      keepAgain = false;
      return (await keeper).put(queue);
    }).catch(() => { /* storage is full: the page itself still keeps the answers */ });
  };

  const take = (box, wait) => {
    if (isClosed) return;
    const item = box.dataset.item;
    const now = given(box);
    count(box);
    const waits = queue.filter((e) => e.item === item).pop();
    if (!waits && same(saved.get(item), now)) return;
    if (waits && same(waits.fields, now)) return later(wait);
    queue = queue.filter((e) => e.item !== item || e.writer !== writer || e === sending);
    const at = Date.now();
    const since = waits && waits.writer === writer && waits !== sending ? waits.since : at;
    queue.push({ item, fields: now, key: randomName(), at, since, seen: seen.get(item), writer });
    keep();
    later(wait);
  };

  // What a window that was closed had not sent comes first; what is answered here by now stays.
  async function takeOver() {
    const store = await keeper;
    const left = await store.load().catch(() => []);
    const untouched = new Set([...boxes].filter(([, box]) => same(given(box), drawnIn(box))).map(([item]) => item));
    for (const entry of left.filter((e) => untouched.has(e.item))) {
      fill(boxes.get(entry.item), entry.fields);
      count(boxes.get(entry.item));
    }
    queue = [...left, ...queue];
    keeps = store.keeps;
    isTakenOver = true;
    if (left.length) {
      await store.drop().catch(() => {});
      later(100);
    }
    keep();
  }

  // Sending ------------------------------------------------------------------------------------
  // Typing puts the moment off, but not for ever.
  const later = (ms) => {
    const latest = Math.min(...queue.map((e) => e.since)) + LONGEST - Date.now();
    clearTimeout(timer);
    timer = setTimeout(flush, tries ? ms : Math.max(0, Math.min(ms, Math.max(SOON, latest))));
  };
  const bodyOf = (entry) => {
    const body = new URLSearchParams([["item", entry.item], ...entry.fields]);
    body.append(`i${entry.item}-seen`, entry.seen);
    body.append(`i${entry.item}-age`, Math.max(0, Date.now() - entry.at));
    body.append("key", entry.key);
    body.append("writer", entry.writer);
    return body;
  };
  const setToken = (token) => form.querySelectorAll("[name=csrf_token]").forEach((f) => { f.value = token; });

  async function post(entry) {
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), 15000);
    try {
      return await fetch(address, {
        method: "POST",
        body: bodyOf(entry),
        headers: { Accept: "application/json", "X-CSRF-Token": tokenOf(form) },
        signal: stop.signal,
      });
    } finally {
      clearTimeout(limit);
    }
  }

  const acknowledged = async (entry, said) => {
    const sequence = said.sequences[entry.item];
    queue = queue.filter((e) => e.key !== entry.key);
    saved.set(entry.item, entry.fields);
    if (entry.writer === writer) shows(entry.item, sequence);
    if (said.notice) tell(said.notice, false);
    if (said.beside.includes(Number(entry.item))) await showNewer(entry.item);
    tries = 0;
    say(said.message, "");
  };
  const shows = (item, sequence) => {
    seen.set(item, sequence);
    seenField(item)?.setAttribute("value", sequence);
    for (const e of queue) if (e.item === item && e.writer === writer) e.seen = sequence;
  };
  // Another window's answer counts: show it, unless the person has gone on answering here.
  async function showNewer(item) {
    const box = boxes.get(item);
    const fresh = (await freshPaper())?.querySelector(`[data-item="${item}"]`);
    if (!box || !fresh || queue.some((e) => e.item === item)) return;
    const values = drawnIn(fresh);
    fill(box, values);
    saved.set(item, values);
    shows(item, Number(fresh.querySelector(`[name="i${item}-seen"]`).value));
    count(box);
  }

  const closed = (entry, said) => {
    isClosed = true;
    queue = queue.filter((e) => e.key !== entry.key);
    say("", "");
    tell(said.error, true);
    boxes.forEach((box) => { box.disabled = true; });
  };
  // True where the sign-in is good again; its box comes when it is needed.
  let askPassword = null;
  async function enterAgain() {
    let token = tokenOf(await freshPaper().catch(() => null));
    if (!token) {
      say(form.dataset.expired, "failed");
      askPassword ??= (await load(form.dataset.signs)).signInAgain({ form, pageAt, freshPaper, tokenOf });
      token = await askPassword();
      again.hidden = !askPassword.canAsk || Boolean(token);
    }
    if (token) setToken(token);
    return Boolean(token);
  }

  // Sends what waits, the oldest first; tells whether all of it arrived.
  async function flush() {
    clearTimeout(timer);
    if (sending) return false;
    while (queue.length) {
      const entry = (sending = queue[0]);
      if (!tries) say(form.dataset.pending, "pending");
      try {
        const answer = await post(entry);
        if (answer.ok) await acknowledged(entry, await answer.json());
        else if (answer.status === 409) closed(entry, await answer.json());
        else if (answer.status === 401 || answer.status === 400) {
          entry.refused = (entry.refused || 0) + 1;
          if (entry.refused > 5) { // not an answer that this paper takes: the others must not wait for it
            queue = queue.filter((e) => e.key !== entry.key);
            throw new Error("refused for good");
          }
          if (!(await enterAgain())) { // until the person answers on, or asks for the password's box
            sending = null;
            return false;
          }
          if (entry.refused > 1) throw new Error("refused again");
        } else throw new Error(String(answer.status));
      } catch (problem) {
        sending = null;
        tries += 1;
        const isDown = problem instanceof TypeError || problem.name === "AbortError";
        say(isDown ? form.dataset.offline : form.dataset.failed, "failed");
        later(Math.min(15000, 500 * 2 ** Math.min(tries, 6)));
        return false;
      }
      sending = null;
      keep();
    }
    return true;
  }
  const flushed = async () => {
    if (!isTakenOver) await Promise.race([keeping, pause(4000)]); // a store that doesn't open holds nobody up
    for (let waited = 0; sending && waited < 160; waited += 1) await pause(100);
    return flush();
  };

  // What people do -----------------------------------------------------------------------------
  const boxOf = (target) => target.closest("[data-item]");
  form.addEventListener("change", (event) => boxOf(event.target) && take(boxOf(event.target), SOON));
  form.addEventListener("input", (event) => {
    if (event.target.matches("input[type=text], textarea") && boxOf(event.target)) take(boxOf(event.target), PAUSE);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-flag]");
    if (!button) return;
    event.preventDefault();
    import(form.dataset.marks).then((m) => m.flip(form, button), () => say(form.dataset.offline, "failed"));
  });
  notice.querySelector("[data-close]").addEventListener("click", () => { notice.hidden = true; });
  again.addEventListener("click", async () => { if (await enterAgain().catch(() => false)) later(0); });
  form.addEventListener("submit", async (event) => {
    const button = event.submitter || form.querySelector(".exam-side [type=submit]");
    if (Date.now() - leftAt < 5000) return event.preventDefault(); // the second of two clicks
    if (isReady || (isTakenOver && !queue.length && navigator.onLine)) {
      isReady = false;
      leftAt = Date.now();
      return;
    }
    event.preventDefault(); // what waits goes first; a form that is sent into nowhere loses the page
    clearTimeout(timer);
    if ((await flushed()) && !isClosed) {
      isReady = true;
      button.click();
    }
  });
  addEventListener("online", () => { if (queue.length) later(100); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && queue.length) later(100); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("pagehide", () => {
    for (const entry of queue) {
      const body = bodyOf(entry);
      body.append("csrf_token", tokenOf(form));
      navigator.sendBeacon(address, body);
    }
  });
  addEventListener("beforeunload", (event) => {
    if (queue.length && tries && !keeps) event.preventDefault();
  });

  // What was answered before this script came.
  for (const box of boxes.values()) take(box, SOON);

  // The end: what is typed goes at the last moment; the server says whether the time is over. ----
  const clock = form.querySelector("[data-seconds]");
  if (clock) {
    const end = Date.now() + Number(clock.dataset.seconds) * 1000;
    const finish = async () => {
      boxes.forEach((box) => take(box, 0));
      if (!(await flushed())) {
        if (!isClosed) setTimeout(finish, 2000);
        return;
      }
      if (isClosed) return location.assign(form.dataset.result);
      leftAt = 0;
      form.querySelector(".exam-side [type=submit]").click();
    };
    const said = form.querySelector("[data-time-said]");
    const hides = form.elements["hide-time"];
    let store = {};
    try { store = sessionStorage; } catch (_) { /* forbidden */ }
    hides.checked = clock.dataset.seconds > 300 && store.timeHidden === "1";
    hides.onchange = () => { store.timeHidden = hides.checked ? 1 : 0; };
    let shown = Infinity;
    const ticking = setInterval(() => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      const minutes = Math.ceil(left / 60);
      clock.textContent = minutes > 1 ? clock.dataset.words.replace("%(num)s", minutes) : clock.dataset.last;
      // Said a few times, never while nothing has changed; whoever hides it sees the end coming.
      if (minutes < shown && [10, 5, 2].includes(minutes)) {
        const text = said.dataset.said.replace("%(num)s", minutes);
        if (hides.checked && minutes < 10) tell(text, (hides.checked = false));
        else said.textContent = text;
      }
      shown = minutes;
      if (left > 0) return;
      clearInterval(ticking);
      finish();
    }, 1000);
  }
  // Needed by nobody before a file is chosen; its button works without it.
  const uploads = form.dataset.uploads && import(form.dataset.uploads).catch(() => {});
  Promise.all([keeping, uploads]).then(() => { form.dataset.ready = "1"; });
}

if (form) begin();
