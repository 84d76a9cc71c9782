// A password field that may be read while it is typed. Without this file it stays covered.
document.querySelectorAll("input[data-show-password]").forEach((input) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet show-password";
  button.setAttribute("aria-controls", input.id);
  const tell = () => {
    const isShown = input.type === "text";
    button.textContent = isShown ? input.dataset.hidePassword : input.dataset.showPassword;
    button.setAttribute("aria-pressed", String(isShown));
  };
  button.addEventListener("click", () => {
    input.type = input.type === "text" ? "password" : "text";
    tell();
    input.focus();
  });
  tell();
  input.after(button);
  // Covered again before it travels, so that browsers don't remember it as ordinary text.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
    tell();
  });
});
