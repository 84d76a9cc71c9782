// What lies behind „More”: the text's size, listening, notes and marks of one's own.
const article = document.querySelector("article.prose");
const panel = document.querySelector(".reader-panel");

// 1. The size of the text changes at once and is kept by the server's cookie.
const sizes = panel.querySelector(".text-sizes");
sizes.addEventListener("submit", (event) => {
  const step = event.submitter?.value;
  if (!step) return;
  event.preventDefault();
  article.className = `prose prose-${step}`;
  sizes.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b.value === step)));
  const body = new FormData(sizes);
  body.set("size", step);
  fetch(sizes.action, { method: "POST", body: new URLSearchParams(body), redirect: "manual" }).catch(() => {});
});

// 2. Listening, where the browser has a Romanian voice.
const listen = panel.querySelector("[data-listen]");
const speech = window.speechSynthesis;
if (speech) {
  const play = listen.querySelector("[data-play]");
  const stop = listen.querySelector("[data-stop]");
  const first = play.textContent;
  const voice = () => speech.getVoices().find((v) => /^ro\b/i.test(v.lang));
  const show = () => (listen.hidden = !voice());
  show();
  speech.addEventListener?.("voiceschanged", show);
  const blocks = () => [...article.querySelectorAll("h2,h3,h4,p,li,blockquote,td,th")]
    .filter((b) => !b.querySelector("p,li") && b.textContent.trim());
  let queue = [];
  let state = "off";
  const mark = (block) => {
    article.querySelector(".spoken")?.classList.remove("spoken");
    block?.classList.add("spoken");
  };
  const become = (next) => {
    state = next;
    stop.hidden = next === "off";
    play.textContent = { off: first, on: play.dataset.pauseLabel, held: play.dataset.goOnLabel }[next];
  };
  const quiet = () => {
    queue = [];
    become("off");
    speech.cancel();
    mark(null);
  };
  const next = () => { // block by block: browsers lose long texts
    const block = queue[0];
    if (state !== "on") return;
    if (!block) return quiet();
    const words = new SpeechSynthesisUtterance(block.textContent.replace(/\s+/g, " "));
    words.lang = "ro-RO";
    words.voice = voice();
    words.onend = () => {
      if (state !== "on" || queue[0] !== block) return;
      queue.shift();
      next();
    };
    words.onerror = () => state === "on" && quiet();
    mark(block);
    speech.speak(words);
  };
  play.addEventListener("click", () => {
    if (state === "on") { // what was begun is said again from its start
      become("held");
      speech.cancel();
    } else {
      if (state === "off") queue = blocks();
      become("on");
      next();
    }
  });
  stop.addEventListener("click", quiet);
  addEventListener("pagehide", quiet);
}

// 3. Notes. The words marked are found again by themselves and by what stands around them.
const AROUND = 60;
const form = panel.querySelector(".note-form");

function flatten() {
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(".term-note,.enlarge-hint,.note-sign") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const spots = [];
  let text = "";
  let last = " ";
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (let i = 0; i < node.data.length; i++) {
      const sign = /\s/.test(node.data[i]) ? " " : node.data[i];
      if (sign === " " && last === " ") continue;
      text += last = sign;
      spots.push([node, i]);
    }
  }
  return { text, spots };
}

const sameEnd = (one, other) => {
  let n = 0;
  while (n < Math.min(one.length, other.length) && one[one.length - 1 - n] === other[other.length - 1 - n]) n++;
  return n;
};
const reversed = (text) => [...text].reverse().join("");

function findQuote(text, quote, before, after) {
  let best = -1;
  let most = -1;
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) {
    const end = at + quote.length;
    const alike = sameEnd(text.slice(Math.max(0, at - AROUND), at).trim(), before) +
      sameEnd(reversed(text.slice(end, end + AROUND).trim()), reversed(after));
    if (alike > most) [best, most] = [at, alike];
  }
  return best;
}

function draw(item) {
  const quote = item.querySelector("blockquote");
  if (!quote) return;
  const { text, spots } = flatten();
  const words = quote.textContent;
  const at = findQuote(text, words, quote.dataset.before, quote.dataset.after);
  item.querySelector(".note-gone").hidden = at >= 0;
  if (at < 0) return;
  const pieces = new Map();
  for (const [node, i] of spots.slice(at, at + words.length)) {
    const piece = pieces.get(node);
    if (piece) piece[1] = i + 1;
    else pieces.set(node, [i, i + 1]);
  }
  let mark = null;
  for (const [node, [from, to]] of pieces) {
    if (!node.data.slice(from, to).trim()) continue;
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    mark = document.createElement("mark");
    mark.dataset.note = item.dataset.note;
    range.surroundContents(mark);
  }
  if (mark && item.querySelector(".note-words")) { // leads to what was written
    const sign = document.createElement("a");
    sign.className = "note-sign";
    sign.href = `#${item.id}`;
    sign.setAttribute("aria-label", article.dataset.toNote);
    sign.textContent = "✎";
    mark.after(sign);
  }
}

function drawAll() {
  article.querySelectorAll(".note-sign").forEach((sign) => sign.remove());
  article.querySelectorAll("mark[data-note]").forEach((mark) => mark.replaceWith(...mark.childNodes));
  article.normalize();
  document.querySelectorAll(".my-notes [data-note]").forEach(draw);
}
drawAll();

function selected() {
  const selection = getSelection();
  if (!form || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!article.contains(range.commonAncestorContainer)) return null;
  const { text, spots } = flatten();
  const inside = ([node, i]) => range.comparePoint(node, i) === 0 && range.comparePoint(node, i + 1) === 0;
  const from = spots.findIndex(inside);
  if (from < 0) return null;
  let to = from;
  while (to < spots.length && inside(spots[to])) to++;
  const quote = text.slice(from, to).trim();
  if (!quote || quote.length > 1000) return null;
  return {
    quote,
    before: text.slice(Math.max(0, from - AROUND), from).trim(),
    after: text.slice(to, to + AROUND).trim(),
  };
}

const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.body.append(status);

// Keeps a note; the page's list and marks follow. Answers what went wrong, or "".
async function keep(values) {
  const body = new URLSearchParams({ ...values, csrf_token: form.querySelector("[name=csrf_token]").value });
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) return said.error || form.dataset.failed;
    const section = new DOMParser().parseFromString(said.section, "text/html").querySelector(".my-notes");
    document.querySelector(".my-notes").replaceWith(section);
    drawAll();
    status.textContent = article.dataset.kept;
    return "";
  } catch (_) {
    return form.dataset.failed;
  }
}

if (form) {
  const error = form.querySelector("[data-error]");
  const tell = (text) => {
    error.textContent = text;
    error.hidden = !text;
  };
  const field = (name) => form.querySelector(`[name=${name}]`);
  field("quote").addEventListener("input", () => (field("before").value = field("after").value = ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(["quote", "before", "after", "text"].map((n) => [n, field(n).value]));
    const fault = await keep(values);
    tell(fault);
    if (!fault) form.reset();
    else field("text").focus();
  });

  const tools = document.createElement("div");
  tools.className = "select-tools no-print";
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", article.dataset.tools);
  tools.hidden = true;
  let held = null;
  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-secondary";
    made.textContent = label;
    made.addEventListener("pointerdown", (event) => event.preventDefault()); // the words stay selected
    made.addEventListener("click", act);
    tools.append(made);
  };
  button(article.dataset.mark, async () => {
    const words = held;
    tools.hidden = true;
    getSelection().removeAllRanges();
    const fault = await keep({ ...words, text: "" });
    if (fault) {
      panel.parentElement.open = true;
      tell(fault);
      error.scrollIntoView({ block: "center" });
    }
  });
  button(article.dataset.note, () => {
    Object.entries(held).forEach(([name, value]) => (field(name).value = value));
    tools.hidden = true;
    panel.parentElement.open = true;
    field("text").focus();
  });
  article.after(tools);
  let waiting = 0;
  const offer = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (tools.contains(document.activeElement)) return;
      held = selected();
      tools.hidden = !held;
      if (!held) return;
      const box = getSelection().getRangeAt(0).getBoundingClientRect();
      const isWide = matchMedia("(min-width:48rem)").matches;
      tools.style.top = isWide ? `${Math.max(8, Math.min(innerHeight - 64, box.bottom + 8))}px` : "";
      tools.style.left = isWide ? `${Math.max(8, Math.min(innerWidth - tools.offsetWidth - 8, box.left))}px` : "";
    }, 150);
  };
  document.addEventListener("selectionchange", offer);
  document.addEventListener("scroll", () => !tools.hidden && offer(), { passive: true });
  offer();
}
