// Questions marked for later: shown at once, told one after the other, again once the line is back.
const waiting = new Map(); // item → wanted and not told yet
let paper = null, address = "", telling = false;

const body = (item, wanted) =>
  new URLSearchParams({ flag: `${item}:${wanted}`, csrf_token: paper.querySelector("[name=csrf_token]").value });

async function tell() {
  if (telling) return;
  telling = true;
  for (let next; (next = waiting.entries().next().value); ) {
    const [item, wanted] = next;
    const headers = { Accept: "application/json" };
    const answer = await fetch(address, { method: "POST", body: body(item, wanted), headers })
      .catch(() => null);
    if (!answer || answer.status === 401 || answer.status >= 500) {
      setTimeout(tell, 5000);
      break;
    }
    if (waiting.get(item) === wanted) waiting.delete(item);
  }
  telling = false;
}

export function flip(form, button) {
  if (!paper) {
    paper = form;
    address = button.formAction;
    addEventListener("pagehide", () => {
      for (const [item, wanted] of waiting) navigator.sendBeacon(address, body(item, wanted));
    });
  }
  const [item, wanted] = button.value.split(":"), on = wanted === "1";
  const link = form.querySelector(`[data-nav="${item}"]`);
  button.value = `${item}:${on ? 0 : 1}`;
  button.classList.toggle("is-on", on);
  button.querySelector("[data-word]").textContent = on ? form.dataset.unset : form.dataset.set;
  link.classList.toggle("is-flagged", on);
  link.querySelector("[data-flagged]").hidden = !on;
  waiting.set(item, wanted);
  tell();
}
