// Takes what an address carries behind its "#" into the form, then out of the address bar and the history:
// no browser sends it to a server, and nobody reads it over a shoulder. Nothing is sent before a button is pressed,
// except on the page of a download, where looking spends nothing.

const carried = decodeURIComponent(location.hash.slice(1));
const isOurAnchor = document.getElementById(carried) !== null;

if (carried && !isOurAnchor) {
  history.replaceState(null, "", location.pathname);
  const [name, value] = carried.includes("=") ? carried.split("=", 2) : ["code", carried];
  const place = document.querySelector(`[data-fragment="${CSS.escape(name)}"]`);
  const input = place instanceof HTMLInputElement ? place : place?.querySelector("input");
  if (input) {
    input.value = grouped(input, value);
    const form = input.form;
    if (form.dataset.send === "at once") form.requestSubmit();
    else if (input.type !== "hidden") form.querySelector("button").focus({ preventScroll: true });
  }
}

function grouped(input, value) {
  const isCode = input.classList.contains("code") && /^[0-9A-Za-z]{12}$/.test(value);
  return isCode ? value.match(/.{4}/g).join("-") : value;
}

// What went wrong is read out and seen first.
document.querySelector(".refused, [aria-invalid]")?.focus();

// Printing needs a script: without one there is no button for it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A second press while the first is under way is the same wish.
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
