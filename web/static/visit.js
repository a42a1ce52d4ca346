// Keeps an open page true to what may still be seen: asked for every two seconds, it goes as soon as that has changed.

const page = document.querySelector("[data-ask]");
const ASK_EVERY_MS = 2000; // what was ended must be gone within five seconds

async function ask() {
  try {
    const answer = await fetch(page.dataset.ask, { cache: "no-store", redirect: "error" });
    const isOver = answer.status === 403 || answer.status === 404;
    if (isOver || (answer.ok && (await answer.json()).state !== page.dataset.state)) {
      // Gone from the screen at once, whatever the next page takes to come.
      document.querySelector(".pswp")?.remove();
      document.body.hidden = true;
      location.reload();
      return;
    }
  } catch {
    // No connection: asked again below.
  }
  setTimeout(ask, ASK_EVERY_MS);
}

setTimeout(ask, ASK_EVERY_MS);
// A browser that kept the page brings it back as it was: it must be asked for anew.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
