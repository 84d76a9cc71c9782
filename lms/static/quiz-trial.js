// The clock of a trial: counts down as a learner's does, and hands the form in at its end.
const clock = document.querySelector("[data-trial-seconds]");
const submit = document.querySelector("[data-trial-submit]");

if (clock && submit) {
  const end = Date.now() + Number(clock.dataset.trialSeconds) * 1000;
  const ticking = setInterval(() => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    clock.textContent = left < 300
      ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`
      : clock.dataset.words.replace("%(num)s", Math.ceil(left / 60));
    if (left > 0) return;
    clearInterval(ticking);
    submit.click();
  }, 1000);
}
