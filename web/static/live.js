// Keeps an open page of a signed-in patient true: it looks again when something has changed or its time has come,
// asks before the session ends, and empties itself when it is over.

const live = document.getElementById("live");
const question = document.getElementById("still_there");
const said = live.dataset;
const nouns = said.nouns.split(" ").filter(Boolean);
const ASK_EVERY_MS = 2000; // what was ended must be gone within five seconds
const TELL_EVERY_MS = 60000; // that somebody is there
const WARN_S = 60; // before the end
const LONGEST_TIMER_S = 86400;
const LEAVING_MS = 10000; // how long what was tapped may take to come

let ask = said.ask;
let left = Number(said.left);
let leftSince = performance.now();
let told = performance.now();
let isThere = false;
let isStale = false;
let leftAt = -Infinity;

// A page that answered a form cannot be loaded again without sending the form again.
const canReload = nouns.length > 0;

function leavePage() {
  // Gone from the screen at once, whatever the next page takes to come.
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  document.querySelector(".pswp")?.remove();
  document.body.hidden = true;
  location.replace(said.home);
}

function isOver(answer) {
  return answer.status === 403 || answer.status === 404;
}

function fetched(address, options) {
  return fetch(address, { cache: "no-store", redirect: "error", ...options });
}

function note(seconds) {
  left = seconds;
  leftSince = performance.now();
}

// Loading the page anew would stop what was tapped from coming.
addEventListener("beforeunload", () => { leftAt = performance.now(); });

async function lookAgain() {
  if (said.check) {
    const answer = await fetched(said.check);
    if (isOver(answer)) return leavePage();
    if (!answer.ok) return;
    isStale = (await answer.json()).state !== said.state;
  }
  if (!isStale || performance.now() - leftAt < LEAVING_MS) return;
  document.querySelector(".pswp")?.remove();
  location.reload();
}

async function askOnce() {
  const answer = await fetched(ask);
  if (isOver(answer)) return leavePage();
  if (!answer.ok) return;
  const found = await answer.json();
  note(found.left);
  ask = `${said.ask.split("?")[0]}?epoch=${found.epoch}&after=${found.number}`;
  isStale ||= canReload && found.nouns.some((noun) => noun === "everything" || nouns.includes(noun));
  if (isStale) await lookAgain();
}

async function askOn() {
  try {
    await askOnce();
  } catch {
    // No connection: asked again below.
  }
  setTimeout(askOn, ASK_EVERY_MS);
}

setTimeout(askOn, ASK_EVERY_MS);
const due = Number(said.due);
if (canReload && due && due < LONGEST_TIMER_S) setTimeout(() => { isStale = true; }, due * 1000);

// Being there: touching, typing and scrolling are told once a minute at most.

async function tell() {
  told = performance.now();
  isThere = false;
  try {
    const body = new URLSearchParams({ form_token: said.token });
    const answer = await fetched(said.here, { method: "POST", body });
    if (isOver(answer)) leavePage();
    else if (answer.ok) await askOnce();
  } catch {
    // No connection: the next touch tells it.
  }
}

for (const kind of ["pointerdown", "keydown", "scroll"]) {
  addEventListener(kind, () => { isThere = true; }, { passive: true, capture: true });
}

setInterval(() => {
  const seconds = Math.ceil(left - (performance.now() - leftSince) / 1000);
  if (question.open) {
    if (seconds > WARN_S) question.close();
    else say(seconds);
  } else if (isThere && performance.now() - told > TELL_EVERY_MS) {
    tell();
  } else if (seconds <= WARN_S && seconds > 0) {
    say(seconds);
    question.showModal();
    isThere = false;
  }
}, 500);

function say(seconds) {
  const sentence = seconds === 1 ? question.dataset.one : question.dataset.many;
  question.querySelector("p").textContent = sentence.replace("{n}", Math.max(seconds, 0));
}

question.querySelector('[value="stay"]').addEventListener("click", () => {
  note(WARN_S + 1); // until the server says how long it is
  question.close();
  tell();
});
// Escape is an answer too: somebody is there.
question.addEventListener("cancel", () => tell());

// A browser that kept the page brings it back as it was: it must be asked for anew.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  if (canReload) location.reload();
  else location.replace(said.home);
});
