// Labels and markers on a picture. All of it only fills in the lists that are there without it, and tells
// quiz.js by „change”.
const tell = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

// What both kinds share: a word of the bank is picked with one touch or dragged; the stage asks where
// it goes; what the lists hold is shown anew.
function bankOf(box, stage, show) {
  const bank = box.querySelector("[data-bank]");
  const hand = {
    bank,
    word: "",
    pick(id) {
      hand.word = id;
      stage.classList.toggle("is-asking", Boolean(id));
      for (const item of bank.children) item.classList.toggle("is-picked", item.dataset.word === id);
    },
  };
  bank.hidden = box.closest("fieldset[disabled]") !== null;
  bank.addEventListener("click", (event) => {
    const item = event.target.closest("[data-word]");
    if (item) hand.pick(item.dataset.word === hand.word ? "" : item.dataset.word);
  });
  bank.addEventListener("dragstart", (event) => {
    hand.pick(event.target.dataset.word);
    event.dataTransfer.setData("text/plain", event.target.textContent);
  });
  bank.addEventListener("dragend", () => hand.pick(""));
  box.addEventListener("change", show);
  const item = box.closest("[data-item]");
  if (item) item.addEventListener("filled", show);
  return hand;
}

// Labels on a picture: the lists below it stay; the bank and the picture only choose in them. A label
// is dragged to its place, or picked with one touch and put down with another.
for (const box of document.querySelectorAll("[data-zones]")) {
  const zones = box.querySelector(".zones");
  const lists = [...box.querySelectorAll("select[data-for]")];
  const hand = bankOf(box, zones, () => show());
  const show = () => {
    const used = new Set(lists.map((list) => list.value));
    for (const item of hand.bank.children) {
      item.classList.toggle("is-used", !("reuse" in hand.bank.dataset) && used.has(item.dataset.word));
    }
    for (const list of lists) {
      const label = zones.querySelector(`[data-zone="${list.dataset.for}"] .zone-label`);
      label.textContent = list.value ? list.selectedOptions[0].textContent : "";
    }
  };
  const takes = (list) => hand.word && [...list.options].some((option) => option.value === hand.word);
  const put = (list) => {
    const before = lists.find((other) => other !== list && other.value === hand.word);
    if (before && !("reuse" in hand.bank.dataset)) before.value = "";
    list.value = hand.word;
    hand.pick("");
    tell(list);
  };
  for (const list of lists) {
    const zone = zones.querySelector(`[data-zone="${list.dataset.for}"]`);
    zone.addEventListener("click", () => { if (takes(list)) put(list); else list.focus(); });
    zone.addEventListener("dragover", (event) => {
      if (!takes(list)) return;
      event.preventDefault();
      zone.classList.add("is-over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      zone.classList.remove("is-over");
      if (!takes(list)) return;
      event.preventDefault();
      put(list);
    });
  }
  show();
}

// Markers on a picture: picked with one touch and set with another, or dragged. What is set stands in
// the marker's list, as a point of the picture.
for (const box of document.querySelectorAll("[data-markers]")) {
  const SVG = "http://www.w3.org/2000/svg";
  const canvas = box.querySelector("[data-canvas]");
  const pins = canvas.querySelector("svg");
  const lists = [...box.querySelectorAll("select[data-for]")];
  const asked = new Map(lists.map((list) => [list.dataset.for, list]));
  const hand = bankOf(box, canvas, () => show());
  const show = () => {
    pins.replaceChildren();
    for (const item of hand.bank.children) {
      const list = asked.get(item.dataset.word);
      item.classList.toggle("is-used", Boolean(list.value));
      if (!list.value.includes(",")) continue;
      const [x, y] = list.value.split(",");
      const pin = document.createElementNS(SVG, "g");
      pin.setAttribute("class", "pin");
      const add = (name, values) => {
        const made = document.createElementNS(SVG, name);
        for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
        pin.append(made);
        return made;
      };
      add("circle", { cx: `${x}%`, cy: `${y}%`, r: 7 });
      add("text", { class: "zone-label", x: `${x}%`, y: `${y}%`, dy: -12 }).textContent = item.textContent;
      pins.append(pin);
    }
  };
  const put = (event) => {
    if (!hand.word) return;
    const frame = canvas.getBoundingClientRect();
    const part = (at, from, whole) => Math.min(100, Math.max(0, Math.round((at - from) / whole * 1000) / 10));
    const list = asked.get(hand.word);
    const point = `${part(event.clientX, frame.left, frame.width)},${part(event.clientY, frame.top, frame.height)}`;
    let option = list.querySelector("[data-point]");
    if (!option) {
      option = new Option(box.dataset.on);
      option.dataset.point = "";
      list.options[0].after(option);
    }
    option.value = point;
    list.value = point;
    hand.pick("");
    tell(list);
  };
  canvas.addEventListener("click", put);
  canvas.addEventListener("dragover", (event) => { if (hand.word) event.preventDefault(); });
  canvas.addEventListener("drop", (event) => {
    if (!hand.word) return;
    event.preventDefault();
    put(event);
  });
  show();
}
