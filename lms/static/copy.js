// A button that copies what stands beside it. Where copying is not allowed, the text is selected.
document.querySelectorAll("[data-copies]").forEach((button) => {
  const said = button.querySelector("[aria-live]");
  const source = document.getElementById(button.dataset.copies);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      said.textContent = button.dataset.copied;
    } catch (_) {
      getSelection().selectAllChildren(source);
      said.textContent = button.dataset.selected;
    }
  });
});
