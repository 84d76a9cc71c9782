// Files as answers: sent one after the other with their progress; the button alone does it without a script.
const form = document.querySelector("form.exam");
const token = () => form.querySelector("[name=csrf_token]").value;
const randomName = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");

// Answers what the server said; null where the line is down.
const send = (address, body, onProgress) =>
  new Promise((on) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", token());
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(Math.floor((100 * event.loaded) / event.total));
    });
    request.addEventListener("error", () => on(null));
    request.addEventListener("abort", () => on(null));
    request.addEventListener("load", () => {
      try {
        on({ status: request.status, ...JSON.parse(request.responseText) });
      } catch (_) {
        on({ status: request.status }); // a page instead: signed out, or too much at once
      }
    });
    request.send(body);
  });

for (const button of form.querySelectorAll("[data-upload]")) {
  const box = button.closest("[data-item]");
  const input = box.querySelector("input[type=file]");
  const held = box.querySelector("[data-files]");
  const bar = box.querySelector("progress");
  const said = box.querySelector("[data-upload-said]");
  const tell = (text, kind) => {
    const line = document.createElement("p");
    if (kind) line.className = kind;
    line.textContent = text;
    said.append(line);
  };
  let isBusy = false;

  async function upload(files) {
    for (const file of files) {
      const body = new FormData();
      body.append("files", box.dataset.item);
      body.append("key", randomName());
      body.append(input.name, file);
      const words = button.dataset.sending.replace("%(name)s", file.name);
      const now = document.createElement("p");
      said.append(now);
      bar.hidden = false;
      const answer = await send(button.formAction, body, (percent) => {
        bar.value = percent;
        now.textContent = words.replace("%(percent)s", percent);
      });
      now.remove();
      bar.hidden = true;
      if (!answer) return tell(button.dataset.offline, "error");
      if (answer.closed) {
        box.disabled = true;
        return tell(answer.error, "error");
      }
      if (answer.list === undefined) return tell(button.dataset.failed, "error");
      held.replaceChildren(...new DOMParser().parseFromString(answer.list, "text/html").body.children);
      held.dataset.held = answer.held ? "1" : "0";
      for (const problem of answer.problems) tell(problem, "error");
      if (answer.message) tell(answer.message, "");
    }
    if ([...input.files].every((file) => files.includes(file))) input.value = ""; // else: chosen meanwhile
    input.dispatchEvent(new Event("change", { bubbles: true })); // the paper counts again
  }

  button.addEventListener("click", async (event) => {
    if (isBusy) return event.preventDefault();
    if (!input.files.length) return; // the server says what to do
    event.preventDefault();
    isBusy = true;
    said.replaceChildren();
    if (navigator.onLine) await upload([...input.files]);
    else tell(button.dataset.offline, "error");
    isBusy = false;
  });
}
