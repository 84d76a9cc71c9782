// The editor of designs: boxes on the sheet that can be dragged, and the sheet drawn anew after each
// change by the same code that draws the file. What is dragged is written into the form's fields.
const form = document.querySelector("#design");
const sheet = form.querySelector("[data-sheet]");
const said = form.querySelector("[data-said]");
const across = Number(form.dataset.across);
const high = Number(form.dataset.high);
const EDGE = 10;
const NEAR = 1.2; // millimetres within which a box snaps
const STEP = 0.5;
const SIDES = ["left", "top", "across", "high"];
const handles = new Map();
let chosen = null;

const field = (id, side) => form.elements[`${id}.box.${side}`];
const number = (text) => Number(String(text).replace(/\s/g, "").replace(",", "."));
const comma = document.documentElement.lang === "ro";
const written = (value) => {
  const text = String(Math.round(value * 10) / 10);
  return comma ? text.replace(".", ",") : text;
};
const page = () => Number(form.elements.page.value);
const boxOf = (id) => Object.fromEntries(SIDES.map((side) => [side, number(field(id, side).value)]));
const blocks = () => [...form.querySelectorAll("details[data-block]")];

function write(id, box) {
  SIDES.forEach((side) => {
    field(id, side).value = written(box[side]);
  });
  place(id);
  soon();
}

function place(id) {
  const handle = handles.get(id);
  const box = boxOf(id);
  const flat = box.high < 2;
  handle.style.left = `${(100 * box.left) / across}%`;
  handle.style.top = `${(100 * (flat ? box.top - 1.5 : box.top)) / high}%`;
  handle.style.width = `${(100 * Math.max(box.across, 3)) / across}%`;
  handle.style.height = `${(100 * (flat ? 3 : box.high)) / high}%`;
}

function choose(id, opens) {
  chosen = id;
  handles.forEach((handle, name) => handle.setAttribute("aria-pressed", String(name === id)));
  blocks().forEach((block) => {
    if (block.dataset.block === id) {
      block.open = true;
      if (opens) block.scrollIntoView({ block: "nearest" });
    } else if (opens) {
      block.open = false;
    }
  });
}

// Lines that boxes are drawn to: the margins, the middle, and the edges and middles of the others.
function lines(id) {
  const xs = [EDGE, across / 2, across - EDGE];
  const ys = [EDGE, high / 2, high - EDGE];
  handles.forEach((_handle, other) => {
    if (other === id) return;
    const box = boxOf(other);
    xs.push(box.left, box.left + box.across / 2, box.left + box.across);
    ys.push(box.top, box.top + box.high / 2, box.top + box.high);
  });
  return { xs, ys };
}

function nearest(points, all) {
  let best = null;
  points.forEach((point) => {
    all.forEach((line) => {
      const gap = line - point;
      if (Math.abs(gap) <= NEAR && (best === null || Math.abs(gap) < Math.abs(best.gap))) {
        best = { gap, line };
      }
    });
  });
  return best;
}

function guides(x, y) {
  sheet.querySelectorAll(".design-guide").forEach((guide) => guide.remove());
  [[x, "left", "top", across], [y, "top", "left", high]].forEach(([line, side, other, whole]) => {
    if (line === null) return;
    const guide = document.createElement("div");
    guide.className = "design-guide";
    guide.style[side] = `${(100 * line) / whole}%`;
    guide.style[other] = "0";
    guide.style[side === "left" ? "width" : "height"] = "1px";
    guide.style[side === "left" ? "height" : "width"] = "100%";
    sheet.append(guide);
  });
}

function keepOn(box) {
  box.left = Math.min(Math.max(box.left, EDGE), Math.max(EDGE, across - EDGE - box.across));
  box.top = Math.min(Math.max(box.top, EDGE), Math.max(EDGE, high - EDGE - box.high));
  return box;
}

function drag(id, event) {
  const handle = handles.get(id);
  const start = { x: event.clientX, y: event.clientY, box: boxOf(id) };
  const bounds = handle.getBoundingClientRect();
  const resizes = event.clientX > bounds.right - 12 && event.clientY > bounds.bottom - 12;
  const scale = across / sheet.getBoundingClientRect().width;
  const all = lines(id);
  const isSquare = document.getElementById(`block-${id}`).dataset.kind === "code";
  const move = (moved) => {
    const dx = (moved.clientX - start.x) * scale;
    const dy = (moved.clientY - start.y) * scale;
    const box = { ...start.box };
    let x = null;
    let y = null;
    if (resizes) {
      box.across = Math.max(3, box.across + dx);
      box.high = start.box.high === 0 ? 0 : Math.max(3, box.high + dy);
      if (!moved.altKey) {
        x = nearest([box.left + box.across], all.xs);
        y = nearest([box.top + box.high], all.ys);
        if (x) box.across += x.gap;
        if (y && box.high) box.high += y.gap;
      }
      if (isSquare) box.across = box.high = Math.max(22, Math.min(box.across, box.high));
      box.across = Math.min(box.across, across - EDGE - box.left);
      box.high = Math.min(box.high, high - EDGE - box.top);
    } else {
      box.left += dx;
      box.top += dy;
      if (!moved.altKey) {
        x = nearest([box.left, box.left + box.across / 2, box.left + box.across], all.xs);
        y = nearest([box.top, box.top + box.high / 2, box.top + box.high], all.ys);
        if (x) box.left += x.gap;
        if (y) box.top += y.gap;
      }
      keepOn(box);
    }
    guides(x && x.line, y && y.line);
    write(id, box);
  };
  const end = () => {
    handle.removeEventListener("pointermove", move);
    guides(null, null);
  };
  handle.setPointerCapture(event.pointerId);
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", end, { once: true });
  handle.addEventListener("pointercancel", end, { once: true });
}

function nudge(id, event) {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const way = ways[event.key];
  if (!way) return;
  event.preventDefault();
  const step = event.shiftKey ? 10 * STEP : STEP;
  const box = boxOf(id);
  box.left += way[0] * step;
  box.top += way[1] * step;
  write(id, keepOn(box));
}

function lay() {
  handles.forEach((handle) => handle.remove());
  handles.clear();
  const shown = blocks().filter((block) => Number(block.dataset.page) === page());
  // frames lie below, so that what is in them can be reached
  shown.sort((one, other) => (other.dataset.kind === "frame") - (one.dataset.kind === "frame"));
  shown.forEach((block) => {
    const id = block.dataset.block;
    const handle = document.createElement("button");
    handle.type = "button";
    handle.className = "design-handle";
    handle.setAttribute("aria-pressed", String(id === chosen));
    handle.setAttribute("aria-label", block.dataset.word);
    const word = document.createElement("span");
    word.textContent = block.dataset.word;
    word.setAttribute("aria-hidden", "true");
    handle.append(word);
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      choose(id, true);
      drag(id, event);
    });
    handle.addEventListener("focus", () => choose(id, false));
    handle.addEventListener("keydown", (event) => nudge(id, event));
    handles.set(id, handle);
    sheet.append(handle);
    place(id);
  });
}

let waiting = 0;
let asked = 0;

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 200);
}

async function draw() {
  asked += 1;
  const mine = asked;
  const answer = await fetch(form.dataset.preview, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
  }).catch(() => null);
  if (!answer || !answer.ok || mine !== asked) return;
  const told = await answer.json();
  if (told.svg) {
    const drawn = new DOMParser().parseFromString(told.svg, "image/svg+xml").documentElement;
    drawn.setAttribute("role", "img");
    sheet.querySelectorAll(".design-page, :scope > svg").forEach((old) => old.remove());
    sheet.prepend(document.importNode(drawn, true));
    sheet.classList.add("is-live");
  }
  const faulty = new Set(told.faults.map(([name]) => name.split(".")[0]));
  handles.forEach((handle, id) => handle.classList.toggle("has-error", faulty.has(id)));
  const sentences = [...told.faults.map(([, sentence]) => sentence), ...told.warnings];
  said.replaceChildren(
    ...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }),
  );
}

form.addEventListener("input", (event) => {
  const found = /^(.+)\.box\.\w+$/.exec(event.target.name || "");
  if (found && handles.has(found[1])) place(found[1]);
  if (event.target.name === "page") lay();
  soon();
});
blocks().forEach((block) => {
  block.querySelector("summary").addEventListener("click", () => {
    if (block.open) return;
    if (Number(block.dataset.page) !== page()) {
      form.elements.page.value = block.dataset.page;
      lay();
      soon();
    }
    choose(block.dataset.block, false);
  });
});
lay();
draw();
