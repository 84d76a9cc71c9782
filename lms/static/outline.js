// Drag a module or a lesson by its handle; the form then asks for the same as the buttons do.
const form = document.getElementById("outline");
const FOCUS = "outline-focus";

if (form) {
  form.querySelectorAll("[data-handle]").forEach((handle) => {
    handle.addEventListener("pointerdown", (event) => begin(event, handle));
  });
  form.querySelectorAll("[data-rename]").forEach((button) => {
    button.addEventListener("click", () => rename(button));
  });
  form.addEventListener("submit", (event) => remember(event.submitter));
  // Not before the page has been scrolled to what was moved: that takes the focus away.
  window.addEventListener("load", () => setTimeout(() => {
    sayHere();
    focusAgain();
  }));
}

// What was said at the top of the page stands beside what was moved, where the top is out of sight.
function sayHere() {
  const row = location.hash && document.getElementById(location.hash.slice(1));
  const told = document.querySelectorAll(".notice[role=status], .notice[role=alert]");
  if (!row || !told.length || told[0].getBoundingClientRect().bottom > 0) return;
  const line = document.createElement("p");
  line.className = "outline-said";
  line.setAttribute("role", "status");
  row.querySelector(".outline-row").after(line);
  told.forEach((each) => each.querySelectorAll("p").forEach((said) => line.append(...said.cloneNode(true).childNodes, " ")));
}

// After a move the page is drawn again: the button that was pressed keeps the focus.
function remember(button) {
  try {
    if (button && /^(up|down):/.test(button.value)) sessionStorage.setItem(FOCUS, button.value);
    else sessionStorage.removeItem(FOCUS);
  } catch {
    // without storage the focus is the browser's business
  }
}

function focusAgain() {
  let value = null;
  try {
    value = sessionStorage.getItem(FOCUS);
    sessionStorage.removeItem(FOCUS);
  } catch {
    return;
  }
  if (!value || !location.hash) return;
  const [act, part] = value.split(":");
  const find = (name) => form.querySelector(`button[value="${CSS.escape(`${name}:${part}`)}"]:not([disabled])`);
  const button = find(act) || find(act === "up" ? "down" : "up");
  if (button) button.focus();
}

function begin(event, handle) {
  if (event.button !== 0) return;
  const item = handle.closest("[data-part]");
  const kind = item.dataset.kind;
  const line = document.createElement("li");
  line.className = "outline-line";
  line.setAttribute("aria-hidden", "true");
  let target = null;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  form.classList.add("is-dragging");
  item.classList.add("is-dragged");

  const move = (moved) => {
    scrollNear(moved.clientY);
    target = kind === "module" ? moduleAt(moved.clientY) : lessonAt(moved.clientY);
    if (target) target.list.insertBefore(line, target.before);
  };
  const end = (ended) => {
    handle.removeEventListener("pointermove", move);
    handle.removeEventListener("pointerup", end);
    handle.removeEventListener("pointercancel", end);
    document.removeEventListener("keydown", leave);
    line.remove();
    form.classList.remove("is-dragging");
    item.classList.remove("is-dragged");
    if (ended.type !== "pointerup" || !target) return;
    let before = target.before;
    if (before === item) before = item.nextElementSibling;
    if (target.list === item.parentElement && before === item.nextElementSibling) return;
    send(item, target.list.dataset.list, before ? before.dataset.part : "");
  };
  const leave = (pressed) => {
    if (pressed.key === "Escape") end(pressed);
  };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
  document.addEventListener("keydown", leave);
}

function moduleAt(y) {
  const list = form.querySelector('[data-list="modules"]');
  return { list, before: after(list, y) };
}

function lessonAt(y) {
  const modules = [...form.querySelectorAll('[data-kind="module"]')];
  const module = modules.find((each) => y < each.getBoundingClientRect().bottom) || modules[modules.length - 1];
  const list = module.querySelector("[data-list]");
  return { list, before: after(list, y) };
}

// The first of a list's items whose middle is below the pointer; null: the end.
function after(list, y) {
  const items = [...list.children].filter((each) => each.dataset.part);
  return items.find((each) => {
    const box = each.getBoundingClientRect();
    return y < box.top + box.height / 2;
  }) || null;
}

function scrollNear(y) {
  if (y < 60) window.scrollBy(0, -14);
  else if (y > window.innerHeight - 60) window.scrollBy(0, 14);
}

// The title becomes a field: Enter or leaving it saves, Escape leaves it as it was.
function rename(button) {
  const title = button.parentElement.querySelector("[data-title]");
  const locale = form.dataset.locale;
  const held = form.elements[`${locale}:${button.dataset.rename}`];
  const input = document.createElement("input");
  const was = held.value;
  let isOver = false;
  input.className = "outline-input";
  input.maxLength = 255;
  input.value = held.value;
  input.lang = locale;
  input.setAttribute("aria-label", button.textContent.trim());
  title.hidden = true;
  button.hidden = true;
  title.after(input);
  input.focus();
  input.select();

  const leave = (isSaved) => {
    if (isOver) return;
    isOver = true;
    const value = input.value.trim();
    const isChanged = isSaved && value && value !== was;
    held.value = isChanged ? value : was;
    if (isChanged) title.textContent = value;
    input.remove();
    title.hidden = false;
    button.hidden = false;
    return isChanged;
  };
  input.addEventListener("input", () => {
    held.value = input.value;
  });
  input.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Enter" && pressed.key !== "Escape") return;
    pressed.preventDefault();
    const isChanged = leave(pressed.key === "Enter");
    button.focus();
    if (isChanged) press("titles");
  });
  // A button of the form that was pressed meanwhile takes the title along.
  input.addEventListener("blur", (left) => {
    const isSent = left.relatedTarget && left.relatedTarget.type === "submit";
    if (leave(true) && !isSent) press("titles");
  });
}

function send(item, into, before) {
  form.elements.into.value = into;
  form.elements.before.value = before;
  const chosen = form.elements[`into:${item.dataset.part}`];
  if (chosen) chosen.value = into;
  press(`place:${item.dataset.part}`);
}

function press(act) {
  const button = document.createElement("button");
  button.type = "submit";
  button.name = "do";
  button.value = act;
  button.hidden = true;
  form.append(button);
  button.click();
}
