// The list of what this computer keeps.
const own = document.getElementById("kept")?.dataset;
const box = document.querySelector("[data-kept-list]");
const button = document.querySelector("[data-remove-kept]");
document.querySelector("[data-offline-now]").hidden = navigator.onLine;

async function show() {
  if (!own || own.mark === "?" || !window.caches) return void (box.textContent = box.dataset.mayNot);
  const { entries, removeAll } = await import(own.script);
  const list = (await entries()).sort((a, b) => a.href.localeCompare(b.href, undefined, { numeric: true }));
  button.hidden = !list.length;
  if (!list.length) return void (box.textContent = box.dataset.none);
  const items = document.createElement("ul");
  items.className = "kept-list";
  for (const entry of list) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = entry.href;
    link.textContent = `${entry.number} ${entry.title}`.trim();
    const size = document.createElement("span");
    size.className = "muted";
    size.textContent = `${Math.ceil(entry.bytes / 1000)} kB`;
    item.append(link, " ", size);
    items.append(item);
  }
  box.replaceChildren(items);
  button.onclick = async () => {
    await removeAll();
    const status = document.querySelector("[data-kept-status]");
    status.textContent = status.dataset.removed;
    await show();
  };
}
show();
