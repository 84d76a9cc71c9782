// What learners would see is shown as the settings are chosen; without a script the server draws it.
const form = document.querySelector("form[data-rules]");
const NEEDS = ["correctness", "feedback", "general_feedback", "right_answer"];
const ALWAYS = { during: ["attempt"] };

function begin() {
  const boxes = [...form.querySelectorAll("[name=shows]")];
  const presets = [...form.querySelectorAll("[name=preset]")];
  const own = presets.find((radio) => radio.value === "custom");
  const behaviour = form.querySelector("[name=behaviour]");
  const cards = [...form.querySelectorAll("[data-moment]")];
  const checks = () => !["deferred", "deferred_cbm"].includes(behaviour.value);
  const of = (moment) => boxes.filter((box) => box.value.startsWith(moment + "."));
  const thing = (box) => box.value.split(".")[1];

  // Nothing about an answer where the answers aren't shown.
  const settle = () => {
    for (const card of cards) {
      const moment = card.dataset.moment;
      const attempt = of(moment).find((box) => thing(box) === "attempt");
      for (const box of of(moment)) {
        box.disabled = Boolean(attempt && !attempt.checked && NEEDS.includes(thing(box)));
        if (box.disabled) box.checked = false;
      }
    }
  };
  const draw = () => {
    for (const card of cards) {
      const moment = card.dataset.moment;
      let shown = [...(ALWAYS[moment] || []), ...of(moment).filter((b) => b.checked).map(thing)];
      if (moment === "during") shown = checks() ? [...shown, "correctness"] : ["attempt"];
      for (const part of card.querySelectorAll("[data-thing]")) part.hidden = !shown.includes(part.dataset.thing);
      for (const part of card.querySelectorAll("[data-any]")) {
        part.hidden = moment === "during" || !part.dataset.any.split(" ").some((name) => shown.includes(name));
      }
      card.querySelector("[data-none]").hidden = shown.length > 0;
      if (moment === "during") card.classList.toggle("is-idle", !checks());
      const why = card.querySelector("[data-unless-checks]");
      if (why) why.hidden = checks();
    }
    const penalty = form.querySelector("[data-penalty]");
    penalty.hidden = !["interactive", "adaptive"].includes(behaviour.value);
  };
  form.addEventListener("change", (event) => {
    const field = event.target;
    if (field.name === "preset" && field.dataset.shows) {
      const table = JSON.parse(field.dataset.shows);
      for (const box of boxes) box.checked = table[box.value.split(".")[0]].includes(thing(box));
    }
    if (field.name === "shows" && own) own.checked = true;
    settle();
    draw();
  });
  settle();
  draw();
}

if (form && form.querySelector("[name=preset]:not(:disabled)")) begin();
