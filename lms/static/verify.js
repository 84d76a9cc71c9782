// Checking a certificate in one act: a dropped or chosen file is sent, a QR code before the
// camera is read here. Without this file the page works with its buttons.
const form = document.querySelector("form[data-checks-file]");
const field = form?.querySelector("input[type=file]");

function send() {
  if (field.files.length !== 1 || form.dataset.sent) return;
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  const told = form.querySelector("[data-told]");
  if (told) told.textContent = told.dataset.told;
  form.querySelector("[type=submit]").click();
}

if (field) {
  field.addEventListener("change", send);
  const holdsFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  let depth = 0;
  const mark = (by) => {
    depth = Math.max(0, depth + by);
    form.classList.toggle("takes-drop", depth > 0);
  };
  document.addEventListener("dragenter", (event) => holdsFile(event) && mark(1));
  document.addEventListener("dragleave", (event) => holdsFile(event) && mark(-1));
  document.addEventListener("dragover", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    depth = 0;
    form.classList.remove("takes-drop");
    if (event.dataTransfer.files.length === 0) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    field.files = one.files;
    send();
  });
  // Back from the answer the form can be used again.
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    form.reset();
    const told = form.querySelector("[data-told]");
    if (told) told.textContent = "";
  });
}

// The camera -----------------------------------------------------------------------------------
const camera = document.querySelector("[data-camera]");
const opener = document.querySelector("[data-opens-camera]");

async function reader() {
  if ("BarcodeDetector" in window) {
    try {
      const kinds = await window.BarcodeDetector.getSupportedFormats();
      if (kinds.includes("qr_code")) {
        const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
        return async (video) => (await detector.detect(video))[0]?.rawValue;
      }
    } catch {
      // A browser that names the thing and hasn't got it: read with our own.
    }
  }
  const { decodeQR } = await import(camera.dataset.reader);
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const by = Math.min(1, 900 / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * by);
    canvas.height = Math.round(video.videoHeight * by);
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(pen.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return undefined; // no code in this picture: the next comes at once
    }
  };
}

if (camera && opener && navigator.mediaDevices?.getUserMedia) {
  opener.hidden = false;
  const video = camera.querySelector("video");
  const say = camera.querySelector("[data-camera-says]");
  const closer = camera.querySelector("[data-closes-camera]");
  let stream;

  // No picture, no frame for it: what is to be said stands alone.
  const show = (runs) => {
    video.hidden = !runs;
    closer.hidden = !runs;
  };

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = undefined;
    video.srcObject = null;
    camera.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  };
  closer.addEventListener("click", stop);
  camera.addEventListener("keydown", (event) => event.key === "Escape" && stop());

  opener.addEventListener("click", async () => {
    if (stream) return;
    camera.hidden = false;
    show(false);
    opener.setAttribute("aria-expanded", "true");
    say.textContent = camera.dataset.starts;
    try {
      const asked = { facingMode: "environment", width: { ideal: 1280 } };
      stream = await navigator.mediaDevices.getUserMedia({ video: asked });
      video.srcObject = stream;
      show(true);
      await video.play();
      const read = await reader();
      say.textContent = camera.dataset.looks;
      while (stream) {
        const text = await read(video);
        if (text) {
          say.textContent = camera.dataset.found;
          const page = new URL(camera.dataset.asks, location.href);
          page.searchParams.set("code", text.slice(0, 300));
          stream.getTracks().forEach((track) => track.stop());
          location.assign(page);
          return;
        }
        await new Promise((later) => setTimeout(later, 120));
      }
    } catch {
      stream?.getTracks().forEach((track) => track.stop());
      stream = undefined;
      video.srcObject = null;
      show(false);
      opener.setAttribute("aria-expanded", "false");
      say.textContent = camera.dataset.refused;
    }
  });
}
