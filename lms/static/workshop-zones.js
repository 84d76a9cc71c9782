// A picture's zones by clicking: the points go into the fields of the row that one is at. The fields
// are there without this script, and everything can be typed.
const tool = document.querySelector("[data-zone-tool]");
const list = document.querySelector("[data-rows=zones]");
if (tool && list) {
  const SVG = "http://www.w3.org/2000/svg";
  const text = document.getElementById(tool.dataset.zoneTool);
  const form = text.form;
  const canvas = tool.querySelector("[data-zone-canvas]");
  const says = tool.querySelector("[data-zone-says]");
  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const rows = () => [...list.querySelectorAll("[data-row]")];
  const image = document.createElement("img");
  const zones = document.createElementNS(SVG, "svg");
  zones.setAttribute("class", "zones");
  zones.setAttribute("width", "100%");
  zones.setAttribute("height", "100%");
  image.alt = "";
  canvas.append(image, zones);
  tool.hidden = false;
  let at = null;

  const points = (row) => field(row, "points").value.trim().split(/[\s;]+/).filter(Boolean)
    .map((point) => point.split(",").map(Number)).filter(([x, y]) => x >= 0 && y >= 0);
  const written = (found) => found.map((point) => point.map((n) => Math.round(n * 10) / 10).join(",")).join(" ");
  const shaped = (name, values) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
    return made;
  };
  const drawn = (row, number) => {
    const found = points(row);
    const shape = field(row, "shape").value;
    const zone = shaped("g", { class: row === at ? "zone is-over" : "zone" });
    if (!found.length) return zone;
    const [[x, y], [a, b] = []] = found;
    let [cx, cy] = [x, y];
    if (shape === "rectangle" && a > x && b > y) {
      zone.append(shaped("rect", { x: `${x}%`, y: `${y}%`, width: `${a - x}%`, height: `${b - y}%` }));
      [cx, cy] = [(x + a) / 2, (y + b) / 2];
    } else if (shape === "ellipse" && a > 0 && b > 0) {
      zone.append(shaped("ellipse", { cx: `${x}%`, cy: `${y}%`, rx: `${a}%`, ry: `${b}%` }));
    } else if (shape === "polygon") {
      const inner = shaped("svg", { width: "100%", height: "100%", viewBox: "0 0 100 100", preserveAspectRatio: "none" });
      inner.append(shaped("polygon", { points: written(found), "vector-effect": "non-scaling-stroke" }));
      zone.append(inner);
      const across = found.map((point) => point[0]);
      const down = found.map((point) => point[1]);
      cx = (Math.min(...across) + Math.max(...across)) / 2;
      cy = (Math.min(...down) + Math.max(...down)) / 2;
    }
    const label = shaped("text", { x: `${cx}%`, y: `${cy}%`, dy: 5 });
    label.textContent = number;
    zone.append(shaped("circle", { cx: `${cx}%`, cy: `${cy}%`, r: 13 }), label);
    return zone;
  };
  const show = () => {
    const name = (/!\[[^\]]*\]\(<?(?:figures\/)?([^)>\s]+)>?\)/.exec(text.value) || [])[1];
    canvas.hidden = !name;
    const address = name ? tool.dataset.figures.replace("__name__", encodeURIComponent(name)) : "";
    if (address && image.getAttribute("src") !== address) image.src = address;
    zones.replaceChildren(...rows().map((row, n) => drawn(row, n + 1)));
  };

  const clicked = (event) => {
    const frame = image.getBoundingClientRect();
    const across = Math.min(100, Math.max(0, (event.clientX - frame.left) / frame.width * 100));
    const down = Math.min(100, Math.max(0, (event.clientY - frame.top) / frame.height * 100));
    if (!at || !at.isConnected) at = rows().find((row) => points(row).length < 2) || rows()[0];
    if (!at) return;
    const shape = field(at, "shape").value;
    let found = points(at);
    if (shape === "polygon") {
      found.push([across, down]);
    } else if (found.length !== 1) {
      found = [[across, down]];
    } else if (shape === "rectangle") {
      const [[x, y]] = found;
      found = [[Math.min(x, across), Math.min(y, down)], [Math.max(x, across), Math.max(y, down)]];
    } else {
      const [[x, y]] = found;
      const radius = Math.hypot((across - x) * frame.width, (down - y) * frame.height) / 100;
      const fits = Math.min(radius, Math.min(x, 100 - x) * frame.width / 100, Math.min(y, 100 - y) * frame.height / 100);
      found = [[x, y], [fits / frame.width * 100, fits / frame.height * 100]];
    }
    field(at, "points").value = written(found);
    show();
  };
  canvas.addEventListener("click", clicked);
  image.addEventListener("load", show);
  list.addEventListener("focusin", (event) => {
    at = event.target.closest("[data-row]") || at;
    show();
  });
  list.addEventListener("change", (event) => {
    if (event.target === (at && field(at, "shape"))) field(at, "points").value = "";
    show();
  });
  list.addEventListener("input", show);
  list.addEventListener("click", () => setTimeout(show));
  text.addEventListener("input", show);

  tool.querySelector("[data-zone-file]").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    const sent = new FormData();
    sent.append("csrf_token", form.elements.csrf_token.value);
    sent.append("file", file);
    says.textContent = "…";
    try {
      const answer = await fetch(tool.dataset.convert, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      const said = answer.ok ? await answer.json() : {};
      const name = (/\]\(<?([^)>\s]+)>?\)/.exec(said.text || "") || [])[1];
      if (!name) throw new Error();
      const words = (/!\[([^\]]*)\]/.exec(text.value) || [])[1] || "";
      text.value = `![${words}](${name})`;
      says.textContent = "";
      text.focus();
      text.setSelectionRange(2, 2 + words.length);
    } catch {
      says.textContent = tool.dataset.failed;
    }
    event.target.value = "";
    show();
  });
  show();
}
