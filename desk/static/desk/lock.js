/* The lock screen. It falls after a pause without keys, clicks or touches, in every tab at once; what was typed stays
   under it. The server locks by its own clock as well, so switching this script off opens nothing.
   It is a modal dialog: anything else would lie beneath a dialog that is open when it falls, and could not be reached. */
"use strict";

(() => {
  const lock = document.getElementById("lock");
  if (!lock) return;
  const form = lock.querySelector("form");
  const error = document.getElementById("lock-error");
  const idle = Number(lock.dataset.idle) * 1000;
  const began = performance.now();
  const ends = Number(lock.dataset.ends) * 1000;
  const tabs = new BroadcastChannel("custinfo-lock");
  let moved = Date.now();
  let told = Date.now();
  let warned = false;
  let before = null;
  let locked = false;

  const headers = () => ({ "X-Dialog": "yes", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value });
  const frame = () => document.querySelector(".frame, .entrance, #container");

  const fall = (tellOthers) => {
    if (locked) return;
    before = document.activeElement;
    locked = true;
    lock.showModal();
    frame()?.setAttribute("inert", "");
    for (const value of document.querySelectorAll("[data-revealed]")) {
      const mask = document.createElement("span");
      mask.className = "masked";
      mask.textContent = value.dataset.fold ?? "";
      value.replaceWith(mask);
    }
    document.getElementById("lock-password").focus();
    if (tellOthers) {
      tabs.postMessage("fall");
      fetch(lock.dataset.lock, { method: "POST", headers: headers(), credentials: "same-origin" }).catch(() => {});
    }
  };

  const rise = (token) => {
    if (token) {
      for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
      document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    }
    locked = false;
    lock.close();
    error.hidden = true;
    form.reset();
    moved = told = Date.now();
    frame()?.removeAttribute("inert");
    before?.focus?.();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: headers(), credentials: "same-origin" });
      if (answer.ok) {
        const facts = await answer.json();
        rise(facts.token);
        tabs.postMessage("rise");
        return;
      }
      if (answer.status === 401) { location.reload(); return; }
      error.textContent = (await answer.text()) || lock.dataset.wordsWrong;
    } catch {
      error.textContent = lock.dataset.wordsOffline;
    }
    error.hidden = false;
    document.getElementById("lock-password").select();
  });

  lock.addEventListener("keydown", (event) => { if (event.key === "Escape") event.preventDefault(); });
  lock.addEventListener("close", () => { if (locked) lock.showModal(); }); // however a browser closed it

  const seen = () => {
    if (locked) return;
    moved = Date.now();
    tabs.postMessage("moved");
    if (moved - told > 60000) {
      told = moved;
      fetch(lock.dataset.state, { headers: { "X-Dialog": "yes" }, credentials: "same-origin" })
        .then((answer) => { if (answer.status === 423) fall(false); })
        .catch(() => {});
    }
  };
  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) document.addEventListener(kind, seen, { passive: true });

  tabs.addEventListener("message", (event) => {
    if (event.data === "moved") moved = told = Date.now();
    if (event.data === "fall") fall(false);
    if (event.data === "rise" && locked) rise(null);
  });
  document.addEventListener("desk:lock", () => fall(false));
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-lock-now]")) fall(true);
  });

  setInterval(() => {
    if (Date.now() - moved >= idle) fall(true);
    const left = ends - (performance.now() - began);
    if (!warned && left < 15 * 60000) {
      warned = true;
      const place = document.getElementById("said");
      const line = document.createElement("p");
      line.textContent = lock.dataset.wordsEnding.replace("%s", String(Math.max(1, Math.ceil(left / 60000))));
      place.append(line);
    }
  }, 1000);
})();
