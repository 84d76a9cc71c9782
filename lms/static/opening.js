// A day that is typed chooses its circle; another circle puts the day aside, and brings it back.
document.querySelectorAll(".opening-line").forEach((line) => {
  const day = line.querySelector("input[type=date]");
  const own = line.querySelector("input[value=own]");
  let aside = "";
  day.addEventListener("input", () => {
    if (day.value) own.checked = true;
  });
  line.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    if (own.checked) {
      day.value = day.value || aside;
    } else if (day.value) {
      aside = day.value;
      day.value = "";
    }
  });
});
