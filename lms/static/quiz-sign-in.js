// A sign-in that has ended asks for the password on the paper itself; nothing there is left behind.
// Returns a function that asks; it gives the new token, or "" where the person puts it off or there is
// nothing to ask with.
export function signInAgain({ form, pageAt, freshPaper, tokenOf }) {
  const dialog = document.querySelector("[data-sign-in-again]");
  if (!dialog || !dialog.showModal || !dialog.querySelector("[type=password]")) return async () => "";
  const own = dialog.querySelector("form");
  const password = own.querySelector("[type=password]");
  const error = own.querySelector("[data-error]");
  const button = own.querySelector("[type=submit]");
  const tell = (text) => {
    error.textContent = text;
    error.hidden = !text;
    password.toggleAttribute("aria-invalid", Boolean(text));
    if (text) {
      password.setAttribute("aria-invalid", "true");
      password.focus();
    }
  };

  async function tryIt() {
    const fresh = await freshPaper().catch(() => null);
    if (fresh) return tokenOf(fresh); // signed in meanwhile in another tab
    const entrance = await pageAt(own.action);
    const told = tokenOf(entrance?.querySelector("form [name=identifier]")?.form);
    if (!told) return tell(own.dataset.other) || "";
    const body = new URLSearchParams({ identifier: own.dataset.name, password: password.value, csrf_token: told });
    const answer = await fetch(own.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (said.ok) return said.csrf;
    return tell(said.error) || "";
  }

  own.querySelector("[data-later]").addEventListener("click", () => dialog.close());
  let asking = null;
  return Object.assign(() => {
    asking ??= new Promise((done) => {
      let got = "";
      const submitted = async (event) => {
        event.preventDefault();
        if (button.disabled) return;
        button.disabled = true;
        try {
          got = await tryIt();
        } catch (_) {
          tell(own.dataset.failed);
        }
        button.disabled = false;
        if (got) dialog.close();
      };
      const look = async () => { // signed in meanwhile in another tab
        const token = document.hidden ? "" : tokenOf(await freshPaper().catch(() => null));
        if (!token || got) return;
        got = token;
        dialog.close();
      };
      const looking = setInterval(look, 10000);
      document.addEventListener("visibilitychange", look);
      own.addEventListener("submit", submitted);
      dialog.addEventListener("close", () => {
        own.removeEventListener("submit", submitted);
        document.removeEventListener("visibilitychange", look);
        clearInterval(looking);
        password.value = "";
        tell("");
        asking = null;
        done(got);
      }, { once: true });
      dialog.showModal();
      password.focus();
    });
    return asking;
  }, { canAsk: true });
}
