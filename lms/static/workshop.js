// The workshop: shows beside a text what it makes while it is written, marks faults at their line,
// and keeps what is not saved yet in this browser, encrypted. Without it the page works by buttons.
const form = document.querySelector("form.workshop[data-preview]");
if (form) {
  const box = form.querySelector("textarea[name=text]");
  const preview = form.querySelector("[data-preview-box]");
  const mirror = form.querySelector("[data-mirror]");
  const summary = form.querySelector("[data-summary]");
  const told = form.querySelector("[data-kept-at]");
  const added = form.querySelector("[data-added]");
  const help = form.querySelector(".text-help");
  const hidden = (name) => form.querySelector(`[name=${name}]`);
  const atFirst = box.value;
  document.documentElement.classList.add("is-scripted");
  let timer = null;
  let asked = 0; // the newest question to the server; older answers are let go
  let lines = {};
  let leaving = false;
  let drawn = box.value; // the text that the preview shows
  let isPlaced = false; // whether the person has put the cursor somewhere
  let fresh = null; // the lines that were just put in, until the preview has counted their questions

  // The lines beside the text -------------------------------------------------------------------
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
  const follow = () => { mirror.scrollTop = box.scrollTop; };
  box.addEventListener("scroll", follow);
  new ResizeObserver(() => { mirror.style.height = box.offsetHeight + "px"; follow(); }).observe(box);

  const goTo = (number) => {
    const before = box.value.split("\n").slice(0, number - 1).join("\n");
    const start = before.length + (number > 1 ? 1 : 0);
    const end = box.value.indexOf("\n", start);
    box.focus();
    box.setSelectionRange(start, end < 0 ? box.value.length : end);
    scrollTo(number);
  };
  const scrollTo = (number) => {
    const line = mirror.children[number - 1];
    if (line) box.scrollTop = Math.max(0, line.offsetTop - box.clientHeight / 3);
    box.scrollIntoView({ block: "nearest" }); // the end of a text is at the foot of its box
  };

  // The question that is being written stands out in the preview.
  const here = () => {
    const line = box.value.slice(0, box.selectionStart).split("\n").length;
    preview.querySelectorAll("[data-first]").forEach((each) => {
      const is = line >= Number(each.dataset.first) && line <= Number(each.dataset.last);
      if (is && !each.classList.contains("is-here")) bringUp(each);
      each.classList.toggle("is-here", is);
    });
  };
  const bringUp = (each) => {
    if (preview.scrollHeight > preview.clientHeight) preview.scrollTop = each.offsetTop - preview.offsetTop - 48;
  };
  ["keyup", "click"].forEach((kind) => box.addEventListener(kind, here));

  // The preview ---------------------------------------------------------------------------------
  const say = (text, isBad) => {
    told.textContent = text;
    told.className = "text-keep " + (isBad ? "error" : "muted");
  };
  async function show(button) {
    const number = ++asked;
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") sent.append(name, value);
    if (button) sent.append(button.name, button.value);
    const text = box.value;
    const lately = fresh;
    if (lately) sent.append("added", `${lately.first}:${lately.last}`);
    let answer;
    try {
      answer = await fetch(form.dataset.preview, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    } catch (_) {
      return say(form.dataset.offline, true);
    }
    if (answer.status === 401 || answer.status === 400) return expired();
    if (!answer.ok || number !== asked) return undefined;
    const said = await answer.json();
    if (number !== asked) return undefined;
    if (said.text !== null) write(said.text);
    lines = said.lines;
    preview.innerHTML = said.html; // our own page's, drawn by the server
    summary.textContent = said.summary;
    drawn = said.text === null ? text : said.text;
    drawLines();
    here();
    if (lately && lately === fresh) {
      fresh = null;
      added.textContent = said.added;
      const first = [...preview.querySelectorAll("[data-first]")].find((each) => Number(each.dataset.first) >= lately.first);
      if (first) bringUp(first);
    }
    return undefined;
  }
  const write = (text) => {
    const place = box.selectionStart;
    const top = box.scrollTop;
    box.value = text;
    box.setSelectionRange(place, place);
    box.scrollTop = top;
    keep();
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(show, ms);
  };

  // After signing in again in another tab, the page takes the new token by itself.
  async function expired() {
    say(form.dataset.expired, true);
    try {
      const page = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!page.ok || page.redirected) return setTimeout(expired, 3000);
      const other = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("form.workshop");
      const fresh = other && other.dataset.place === form.dataset.place && other.querySelector("[name=csrf_token]");
      if (!fresh) return setTimeout(expired, 3000); // not signed in yet, or somebody else is
      hidden("csrf_token").value = fresh.value;
      say("", false);
      return later(0);
    } catch (_) {
      return setTimeout(expired, 3000);
    }
  }

  box.addEventListener("input", () => { added.textContent = ""; drawLines(); keep(); later(350); });
  box.addEventListener("pointerdown", () => { isPlaced = true; help.open = false; });
  box.addEventListener("keydown", (event) => {
    const isCommand = event.ctrlKey || event.metaKey ? /^[vs]$/i.test(event.key) : event.key === "Insert";
    if (!isCommand && !["Control", "Meta", "Shift", "Alt", "Tab"].includes(event.key)) isPlaced = true;
  });
  form.addEventListener("change", (event) => { if (event.target.name === "module") later(0); });
  preview.addEventListener("click", (event) => {
    const line = event.target.closest("[data-line]");
    if (line) {
      event.preventDefault();
      return goTo(Number(line.dataset.line));
    }
    const button = event.target.closest("button[name=right], button[name=remove], button[name=order]");
    if (button) {
      event.preventDefault();
      show(button);
    }
    return undefined;
  });
  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.querySelector("[name=do][value=save]").click();
    }
  });

  // From Word, Excel and files --------------------------------------------------------------------
  const put = (text) => {
    box.focus();
    // So that the browser can undo it; where it can't, the text is put in by hand.
    if (!document.execCommand || !document.execCommand("insertText", false, text)) {
      box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
      box.dispatchEvent(new Event("input"));
    }
  };
  // Whole questions stand by themselves: where the person has put the cursor, but in no question, and else at the end.
  const isOption = (line) => /^\*?\s*(\([a-z]\)|[a-z][.)])\s*\S/i.test(line);
  const isWhole = (text) => {
    const own = text.split("\n").map((line) => line.trim()).filter(Boolean);
    if (!own.length || isOption(own[0])) return false;
    return /\{\s*([=~#]|T\b|F\b|TRUE|FALSE)/.test(text) || own.slice(1).some((line) => isOption(line) || /^(răspuns|raspuns|answer)/i.test(line));
  };
  const spot = (replaces) => {
    const end = [box.value.length, box.value.length];
    if (!isPlaced) return end;
    if (replaces && box.selectionStart !== box.selectionEnd) return [box.selectionStart, box.selectionEnd];
    if (drawn !== box.value) return end; // the preview is older than the text
    const all = box.value.split("\n");
    const endOf = (number) => all.slice(0, number).join("\n").length;
    const at = box.selectionEnd;
    const line = box.value.slice(0, at).split("\n").length;
    const within = [...preview.querySelectorAll("[data-first]")].find((each) => line >= Number(each.dataset.first) && line <= Number(each.dataset.last));
    const first = within ? Number(within.dataset.first) : line;
    if (at === (first > 1 ? endOf(first - 1) + 1 : 0)) return [at, at];
    const place = endOf(within ? Number(within.dataset.last) : line);
    return [place, place];
  };
  const putWhole = (text, replaces) => {
    const [start, end] = spot(replaces);
    const before = box.value.slice(0, start);
    const after = box.value.slice(end);
    const own = text.replace(/^\s*\n|\s+$/g, "");
    const gap = (there) => "\n".repeat(Math.max(0, 2 - there.length));
    const over = before.trim() ? gap(/\n*$/.exec(before)[0]) : "";
    const under = after.trim() ? gap(/^\n*/.exec(after)[0]) : "\n";
    const first = (before + over).split("\n").length;
    box.setSelectionRange(start, end);
    put(over + own + under);
    fresh = { first, last: first + own.split("\n").length - 1 };
    scrollTo(first);
  };
  async function convert(parts, plain) {
    const sent = new FormData();
    sent.append("csrf_token", hidden("csrf_token").value);
    for (const [name, value] of Object.entries(parts)) sent.append(name, value);
    say(form.dataset.reading, false);
    try {
      const answer = await fetch(form.dataset.convert, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      if (answer.ok || answer.status === 422) {
        const said = await answer.json();
        say(said.error || said.notes || "", Boolean(said.error));
        if (said.text && (isWhole(said.text) || (parts.file && said.text.includes("\n")))) return putWhole(said.text, !parts.file);
        if (said.text) return put(said.text + "\n");
        if (said.error && !plain) return undefined;
      } else if (answer.status === 401 || answer.status === 400) {
        expired();
      }
    } catch (_) {
      say(form.dataset.offline, true);
    }
    if (!plain) return undefined;
    return isWhole(plain) ? putWhole(plain, true) : put(plain);
  }
  const isRich = (html) => /<(b|strong|u|mark|sup|sub|ol|ul|li|table|img|h[1-6])[\s>]|mso-|font-weight|background|underline/i.test(html);
  box.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html");
    const plain = event.clipboardData.getData("text/plain");
    const file = [...event.clipboardData.files].find((each) => each.size);
    if (html && isRich(html)) {
      event.preventDefault();
      convert({ html }, plain);
    } else if (file && !plain) {
      event.preventDefault();
      convert({ file }, "");
    } else if (box.value.trim() && isWhole(plain)) {
      event.preventDefault();
      putWhole(plain.replace(/\r\n?/g, "\n"), true);
    }
  });
  const chosen = form.querySelector("input[type=file]");
  chosen.addEventListener("change", async () => {
    if (chosen.files.length) await convert({ file: chosen.files[0] }, "");
    chosen.value = "";
  });
  const around = box.closest(".text-box");
  box.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    around.classList.add("is-over");
  });
  box.addEventListener("dragleave", () => around.classList.remove("is-over"));
  box.addEventListener("drop", (event) => {
    around.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    convert({ file: event.dataTransfer.files[0] }, "");
  });

  // What is not saved yet -----------------------------------------------------------------------
  let keeper = null;
  let keeping = null;
  const keep = () => {
    clearTimeout(keeping);
    keeping = setTimeout(async () => {
      if (!keeper || leaving) return;
      const entry = { at: Date.now(), target: form.dataset.target, text: box.value, base: hidden("base").value, key: hidden("key").value };
      await keeper.put(box.value === atFirst && !form.dataset.posted ? [] : [entry]).catch(() => {});
      if (keeper.keeps && box.value !== atFirst) say(`${form.dataset.kept} · ${new Date().toLocaleTimeString("ro-RO", { hour: "2-digit", minute: "2-digit", second: "2-digit" })}`, false);
    }, 300);
  };
  const restored = form.querySelector("[data-restored]");
  async function bringBack() {
    const { openKeeper } = await import(form.dataset.keeper);
    const open = (writer) => openKeeper(form.dataset.place, writer, form.dataset.keepsWith);
    keeper = await open(form.dataset.target);
    for (const entry of await keeper.load()) {
      if (form.dataset.saved && entry.key === form.dataset.saved) { // it was saved, and is what stands
        await (await open(entry.target)).put([]);
      } else if (entry.target === form.dataset.target && !form.dataset.posted && entry.text !== box.value) {
        box.value = entry.text;
        hidden("base").value = entry.base;
        restored.hidden = false;
        await keeper.put([{ ...entry, key: hidden("key").value }]); // known by this form from now on
      }
    }
  }
  form.querySelector("[data-forget]").addEventListener("click", async () => {
    await keeper.put([]).catch(() => {});
    leaving = true;
    location.reload();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  bringBack().catch(() => {}).finally(() => {
    form.dataset.ready = "";
    drawLines();
    if (form.dataset.at) goTo(Number(form.dataset.at)); // the question whose form was open
    if (form.dataset.posted) keep(); // drawn of what was sent, and not saved yet
    if (box.value.trim()) later(0);
  });
}
