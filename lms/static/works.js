// Ctrl + Enter in a comment sends it, as the first button would.
document.querySelectorAll("textarea[data-sends]").forEach((field) => {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    field.form.querySelector("button[type=submit]").click();
  });
});
