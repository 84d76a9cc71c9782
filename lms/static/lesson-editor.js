// A lesson's text: buttons that write Markdown, what it makes beside it, pasting from Word, and the draft
// kept on the server while one writes. Without it the page works by its own buttons.
const form = document.querySelector("form[data-lesson-editor]");
if (form) {
  const box = form.querySelector("textarea[name=body]");
  const preview = form.querySelector("[data-preview-box]");
  const mirror = form.querySelector("[data-mirror]");
  const summary = form.querySelector("[data-summary]");
  const told = form.querySelector("[data-kept-at]");
  const others = form.querySelector("[data-others]");
  const token = form.querySelector("[name=csrf_token]");
  const file = form.querySelector("[name=file]");
  document.documentElement.classList.add("is-scripted");
  let lines = {};
  let asked = 0; // the newest question to the server; older answers are let go
  let previewing = null;
  let keeping = null;
  let isKept = true; // what is written is a draft on the server, or about to be
  let isStuck = false; // another window of the same person wrote last
  let leaving = false;
  let touched = Date.now();

  const say = (text, isBad) => {
    if (told.textContent !== text) told.textContent = text;
    told.className = "text-keep " + (isBad ? "error" : "muted");
  };

  // Numbers of lines beside the text ------------------------------------------------------------
  const follow = () => { mirror.scrollTop = box.scrollTop; };
  const drawLines = () => {
    const drawn = document.createDocumentFragment();
    box.value.split("\n").forEach((text, at) => {
      const line = document.createElement("div");
      line.textContent = text || " ";
      if (lines[at + 1]) line.className = "is-" + lines[at + 1];
      drawn.append(line);
    });
    mirror.replaceChildren(drawn);
    follow();
  };
  box.addEventListener("scroll", follow);
  new ResizeObserver(() => { mirror.style.height = box.offsetHeight + "px"; follow(); }).observe(box);
  const goTo = (area, number) => {
    const start = area.value.split("\n").slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    const end = area.value.indexOf("\n", start);
    const more = area.closest("details");
    if (more) more.open = true;
    area.focus();
    area.setSelectionRange(start, end < 0 ? area.value.length : end);
    const line = area === box && mirror.children[number - 1];
    if (line) box.scrollTop = Math.max(0, line.offsetTop - box.clientHeight / 3);
  };
  preview.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line], [data-rest]");
    if (!link) return;
    event.preventDefault();
    if (link.dataset.line) goTo(box, Number(link.dataset.line));
    else goTo(form.querySelector("[name=rest]"), Number(link.dataset.rest));
  });

  // What goes to the server ----------------------------------------------------------------------
  const sent = () => {
    const all = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") all.append(name, value);
    return all;
  };
  const ask = async (address, body) => {
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    } catch (_) {
      say(form.dataset.offline, true);
      return null;
    }
    if (answer.status === 401 || answer.status === 400) expired();
    return answer.ok ? answer.json() : null;
  };
  async function show() {
    const number = ++asked;
    const said = await ask(form.dataset.preview, sent());
    if (!said || number !== asked) return;
    lines = said.lines;
    const top = preview.scrollTop;
    preview.innerHTML = said.html; // our own page's, drawn by the server
    preview.scrollTop = top;
    summary.textContent = said.summary;
    drawLines();
  }
  const tell = (said) => {
    if (others.innerHTML.trim() !== said.others.trim()) others.innerHTML = said.others;
    if (said.is_outdone) say(form.dataset.outdone, true);
  };
  // True where the server answered: the text is a draft there, or another window's is and both are told.
  async function keep() {
    clearTimeout(keeping);
    isKept = true;
    const said = await ask(form.dataset.draft, sent());
    if (!said) {
      isKept = false;
      if (!leaving) keeping = setTimeout(keep, 5000);
      return false;
    }
    isStuck = said.number === null;
    if (isStuck) {
      isKept = false;
      say("", false);
    } else {
      form.elements.number.value = said.number;
      const now = new Date();
      const clock = [now.getHours(), now.getMinutes()].map((n) => String(n).padStart(2, "0")).join(":");
      say(`${form.dataset.kept} ${clock}`, false);
    }
    form.dataset.state = isStuck ? "stuck" : isKept ? "kept" : "changed";
    tell(said);
    return true;
  }
  async function isHere() {
    if (document.hidden || Date.now() - touched > 600000) return;
    const body = new URLSearchParams({ csrf_token: token.value, here: "1", base: form.elements.base.value });
    const said = await ask(form.dataset.draft, body);
    if (said && !isStuck) tell({ ...said, is_outdone: said.is_outdone && !told.classList.contains("error") });
  }
  // After signing in again in another tab, the page takes the new token by itself.
  let waiting = false;
  async function expired() {
    say(form.dataset.expired, true);
    if (waiting) return;
    waiting = true;
    setTimeout(async () => {
      waiting = false;
      try {
        const page = await fetch(location.href, { headers: { Accept: "text/html" } });
        const other = page.ok && !page.redirected && new DOMParser().parseFromString(await page.text(), "text/html").querySelector("form[data-lesson-editor]");
        if (!other || other.dataset.place !== form.dataset.place) return expired();
        token.value = other.querySelector("[name=csrf_token]").value;
        return keep();
      } catch (_) {
        return expired();
      }
    }, 3000);
  }
  const changed = () => {
    touched = Date.now();
    isKept = false;
    form.dataset.state = "changed";
    clearTimeout(previewing);
    previewing = setTimeout(show, 350);
    clearTimeout(keeping);
    keeping = setTimeout(keep, 1500);
  };
  form.addEventListener("input", (event) => {
    if (event.target === box) drawLines();
    if (event.target !== file) changed();
  });
  // A text leaves the page only once it is a draft on the server: a sign-in that ended, or a
  // connection that broke, then takes nothing with it.
  form.addEventListener("submit", async (event) => {
    const button = event.submitter || document.activeElement;
    if (isKept || leaving || button.value === "discard") {
      leaving = true;
      clearTimeout(keeping);
      return;
    }
    event.preventDefault();
    leaving = true;
    if (!(await keep())) {
      leaving = false;
      return;
    }
    const act = document.createElement("input");
    Object.assign(act, { type: "hidden", name: "do", value: button.name === "do" ? button.value : "preview" });
    form.append(act);
    form.submit();
  });
  window.addEventListener("pagehide", () => {
    if (!isKept && !leaving) navigator.sendBeacon(form.dataset.draft, sent());
  });
  window.addEventListener("beforeunload", (event) => {
    if (leaving || isKept || !(isStuck || told.classList.contains("error"))) return;
    event.preventDefault();
    event.returnValue = "";
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const acts = { s: () => form.querySelector("[name=do][value=save]").click(), b: () => mark("bold"), i: () => mark("italic") };
    const act = acts[event.key.toLowerCase()];
    if (!act || (event.key !== "s" && event.target !== box)) return;
    event.preventDefault();
    act();
  });

  // Writing by buttons ---------------------------------------------------------------------------
  const put = (text, from, to) => {
    box.focus();
    box.setSelectionRange(from, to);
    // So that the browser can undo it; where it can't, the text is put in by hand.
    if (!document.execCommand || !document.execCommand("insertText", false, text)) {
      box.setRangeText(text, from, to, "end");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const around = (sign) => {
    let [from, to] = [box.selectionStart, box.selectionEnd];
    const chosen = box.value.slice(from, to);
    const before = chosen.length - chosen.trimStart().length;
    const after = chosen.length - chosen.trimEnd().length;
    if (chosen.trim()) [from, to] = [from + before, to - after];
    const words = box.value.slice(from, to) || form.dataset.words;
    const size = sign.length;
    if (box.value.slice(from - size, from) === sign && box.value.slice(to, to + size) === sign) {
      put(words, from - size, to + size);
      box.setSelectionRange(from - size, from - size + words.length);
    } else {
      put(sign + words + sign, from, to);
      box.setSelectionRange(from + size, from + size + words.length);
    }
  };
  const atLines = (each) => {
    const from = box.value.lastIndexOf("\n", box.selectionStart - 1) + 1;
    const next = box.value.indexOf("\n", Math.max(from, box.selectionEnd - (box.selectionEnd > box.selectionStart ? 1 : 0)));
    const to = next < 0 ? box.value.length : next;
    const text = box.value.slice(from, to).split("\n").map(each).join("\n");
    put(text, from, to);
    box.setSelectionRange(from, from + text.length);
  };
  const block = (text, from, to) => {
    const at = box.selectionEnd;
    const gap = /\n\n$|^$/.test(box.value.slice(0, at)) ? "" : box.value[at - 1] === "\n" ? "\n" : "\n\n";
    put(gap + text + "\n", at, at);
    if (from !== undefined) box.setSelectionRange(at + gap.length + from, at + gap.length + to);
  };
  function mark(name) {
    const words = form.dataset.words;
    if (name === "bold") around("**");
    else if (name === "italic") around("*");
    else if (name === "heading") atLines((line) => line.startsWith("### ") ? line.slice(4) : line.startsWith("## ") ? "#" + line : "## " + (line || words));
    else if (name === "list") atLines((line) => line.startsWith("- ") ? line.slice(2) : "- " + line);
    else if (name === "numbers") atLines((line, at) => /^\d+\. /.test(line) ? line.replace(/^\d+\. /, "") : `${at + 1}. ${line}`);
    else if (name === "link") {
      const [from, to] = [box.selectionStart, box.selectionEnd];
      const label = box.value.slice(from, to) || words;
      put(`[${label}](https://)`, from, to);
      box.setSelectionRange(from + label.length + 3, from + label.length + 11);
    } else if (name === "table") {
      const head = form.dataset.head;
      block(`| ${head} 1 | ${head} 2 |\n|---|---|\n|  |  |\n|  |  |`, 2, head.length + 4);
    } else if (name === "keep") block("## De reținut\n\n- ", 17, 17);
    else if (name === "picture") file.click();
  }
  const bar = form.querySelector("[role=toolbar]");
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (button) mark(button.dataset.mark);
  });
  bar.addEventListener("keydown", (event) => {
    const buttons = [...bar.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
  });

  // From Word, and pictures ------------------------------------------------------------------------
  async function convert(parts, plain) {
    const body = new FormData();
    body.append("csrf_token", token.value);
    for (const [name, value] of parts) body.append(name, value);
    const [from, to] = [box.selectionStart, box.selectionEnd];
    say(form.dataset.reading, false);
    const said = await ask(form.dataset.convert, body);
    if (said) say(said.notes, Boolean(said.notes));
    const text = (said && said.text) || plain;
    if (!text) return;
    put(text, from, to);
    const hole = text.startsWith("![](") ? from + 2 : -1;
    if (hole > 0) box.setSelectionRange(hole, hole); // where the picture is said in words
  }
  const isRich = (html) => /<(b|strong|i|em|ol|ul|li|table|img|h[1-6]|a)[\s>]|mso-|font-weight|font-style/i.test(html);
  box.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html");
    const plain = event.clipboardData.getData("text/plain");
    const pictures = [...event.clipboardData.files].filter((each) => each.type.startsWith("image/"));
    if (html && isRich(html)) {
      event.preventDefault();
      convert([["html", html]], plain);
    } else if (pictures.length && !plain) {
      event.preventDefault();
      convert(pictures.map((each) => ["file", each]), "");
    }
  });
  file.addEventListener("change", () => {
    if (file.files.length) convert([...file.files].map((each) => ["file", each]), "");
    file.value = "";
  });
  box.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  box.addEventListener("drop", (event) => {
    const pictures = [...event.dataTransfer.files].filter((each) => each.type.startsWith("image/"));
    if (!pictures.length) return;
    event.preventDefault();
    convert(pictures.map((each) => ["file", each]), "");
  });

  drawLines();
  show();
  isHere();
  setInterval(isHere, 60000);
  form.dataset.ready = "";
}
