// A question's form by the keyboard: Enter adds a row, Alt with arrows moves it, Alt with Delete takes
// it out; whether the right answers make 100 per cent is said while it is typed. All of it is also
// done by buttons, without this script.
const form = document.querySelector("form.question-form");
if (form) {
  const grow = (box) => {
    box.style.height = "auto";
    box.style.height = box.scrollHeight + 2 + "px";
  };
  form.querySelectorAll("[data-grows]").forEach(grow);
  let next = 1000;

  const sum = (list) => {
    const told = list.querySelector("[data-sum]");
    if (!told) return;
    const share = list.dataset.share;
    let whole = 0;
    let typed = false;
    list.querySelectorAll("[data-row]").forEach((row) => {
      if (!row.querySelector("input[type=checkbox]").checked) return;
      const text = row.querySelector(`[name$="-${share}"]`).value.trim().replace(",", ".");
      typed = typed || Boolean(text);
      whole += Number(text) || 0;
    });
    const isWhole = Math.abs(whole - 100) < 0.011;
    told.textContent = !typed || isWhole ? (typed ? form.dataset.shareOn : "")
      : form.dataset.shareOff.replace("%(sum)s", String(Math.round(whole * 100) / 100).replace(".", ","));
    told.classList.toggle("is-off", typed && !isWhole);
  };
  const lists = [...form.querySelectorAll("[data-rows]")];
  lists.forEach(sum);

  const firstBox = (row) => row.querySelector("textarea, input[type=text]");
  const add = (list, after) => {
    const made = list.querySelector("template").content.firstElementChild.cloneNode(true);
    const key = String(next++);
    made.querySelectorAll("*").forEach((part) => {
      for (const name of ["id", "name", "value", "for"]) {
        const was = part.getAttribute(name);
        if (was && was.includes("__n__")) part.setAttribute(name, was.replaceAll("__n__", key));
      }
    });
    if (after) after.after(made);
    else list.querySelector("ol").append(made);
    firstBox(made).focus();
  };
  const move = (row, by) => {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    const focus = document.activeElement;
    if (by < 0) other.before(row);
    else other.after(row);
    if (row.contains(focus)) focus.focus();
  };
  const remove = (list, row) => {
    const near = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    if (near) firstBox(near).focus();
    else list.querySelector("[data-add]").focus();
    sum(list);
  };
  const spread = (list) => {
    const right = [...list.querySelectorAll("[data-row]")].filter((row) => row.querySelector("input[type=checkbox]").checked);
    const share = String(Math.floor(1e7 / right.length) / 1e5);
    right.forEach((row) => { row.querySelector(`[name$="-${list.dataset.share}"]`).value = share; });
    sum(list);
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const list = button && button.closest("[data-rows]");
    if (!list) return;
    const row = button.closest("[data-row]");
    const acts = [["data-add", () => add(list)], ["data-up", () => move(row, -1)], ["data-down", () => move(row, 1)],
      ["data-delete", () => remove(list, row)], ["data-spread", () => spread(list)]];
    const found = acts.find(([name]) => button.hasAttribute(name));
    if (!found) return;
    event.preventDefault();
    found[1]();
    if (row && form.contains(button)) button.focus();
  });
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-row]");
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      form.querySelector(".work-bar [value=apply]").click();
    } else if (row && event.key === "Enter" && !event.shiftKey && !event.altKey && event.target.matches("textarea, input[type=text]")) {
      event.preventDefault(); // Shift with Enter breaks the line
      add(row.closest("[data-rows]"), row);
    } else if (row && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1);
    } else if (row && event.altKey && event.key === "Delete") {
      event.preventDefault();
      remove(row.closest("[data-rows]"), row);
    }
  });
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-grows]")) grow(event.target);
    const list = event.target.closest("[data-rows]");
    if (list) sum(list);
  });
  form.dataset.ready = "";
}
