/* Small manners of the workbench, without inline scripts: menus, rows that open, dialogs, countdowns, step-up. */
"use strict";

const say = (words, bad = false) => {
  const place = document.getElementById("said");
  if (!place || !words) return;
  const line = document.createElement("p");
  line.textContent = words;
  line.classList.toggle("said-bad", bad);
  place.append(line);
  setTimeout(() => line.remove(), 8000);
};

/* --- clicks ------------------------------------------------------------------------------------------------ */
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;

  const toggle = target.closest("[data-toggles]");
  const side = document.getElementById("side");
  if (toggle) {
    const thing = document.getElementById(toggle.dataset.toggles);
    toggle.setAttribute("aria-expanded", String(thing.classList.toggle("open")));
  } else if (side?.classList.contains("open") && !target.closest("#side")) {
    side.classList.remove("open");
    document.querySelector("[data-toggles=side]")?.setAttribute("aria-expanded", "false");
  }

  const opener = target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (target.closest("[data-prints]")) window.print();
  const closer = target.closest("[data-closes]");
  if (closer) document.getElementById(closer.dataset.closes)?.close();

  const filler = target.closest("[data-fills]");
  if (filler) {
    for (const pair of filler.dataset.fills.split(" ")) {
      const [id, ...value] = pair.split(":");
      const input = document.getElementById(id);
      if (input) input.value = value.join(":");
    }
    document.getElementById(filler.dataset.fills.split(":")[0])?.form?.requestSubmit();
  }

  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }

  const row = target.closest("tr[data-href]");
  if (row && !target.closest("a, button, input, label, select, summary") && !String(getSelection())) {
    location.assign(row.dataset.href);
  }
});

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
    document.getElementById("side")?.classList.remove("open");
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (named) {
    event.preventDefault();
    if (named.matches("input, textarea")) named.focus();
    else named.click();
  }
});

/* --- selection bar: shown while rows are ticked, says how many ------------------------------------------------ */
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement)) return;
  if (box.matches("[data-selects-all]")) {
    box.closest("form, table").querySelectorAll("[data-selects]").forEach((one) => { one.checked = box.checked; });
  }
  if (box.matches("[data-selects], [data-selects-all]")) {
    const bar = document.querySelector("[data-selection]");
    const count = document.querySelectorAll("[data-selects]:checked").length;
    if (!bar) return;
    bar.hidden = count === 0;
    const place = bar.querySelector("[data-selection-count]");
    if (place) place.textContent = String(count);
  }
  if (box.matches("[data-submits]")) box.form?.requestSubmit();
});
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.matches("[data-submits]")) event.target.form?.requestSubmit();
});

/* --- a form is sent once ------------------------------------------------------------------------------------- */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("data-many") || form.method === "dialog") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.matches("[hx-post], [data-hx-post], [hx-get]")) return;
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});

/* --- revealed values fold back by themselves ------------------------------------------------------------------- */
const watch = (value) => {
  if (value.dataset.watched) return;
  value.dataset.watched = "yes";
  const whole = Number(value.dataset.seconds);
  const began = performance.now();
  const ring = value.querySelector(".ring-left");
  const words = value.querySelector(".revealed-left");
  const pattern = words?.textContent.replace(/\d+/, "%s") ?? "%s";
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil(whole - (performance.now() - began) / 1000));
    if (ring) ring.style.setProperty("stroke-dashoffset", String(100 - (left / whole) * 100));
    if (words) words.textContent = pattern.replace("%s", String(left));
    if (left > 0 && value.isConnected) return;
    clearInterval(timer);
    const mask = document.createElement("span");
    mask.className = "masked";
    mask.textContent = value.dataset.fold ?? "";
    value.replaceWith(mask);
    mask.dispatchEvent(new CustomEvent("value:folded", { bubbles: true }));
  }, 250);
};
const watchAll = (root) => root.querySelectorAll("[data-revealed]").forEach(watch);

/* --- the last hour of a usage grant counts down; at its end the server refuses, whatever the page says ------------- */
const HOUR = 3600;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
const countDown = (moment) => {
  moment.dataset.counted = "yes";
  const end = Date.now() + Number(moment.dataset.seconds) * 1000;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (left > HOUR) return;
    moment.textContent = left ? moment.dataset.pattern.replace("%s", clock(left)) : moment.dataset.over;
    if (left && moment.isConnected) return;
    clearInterval(timer);
    moment.closest(".grant")?.classList.add("grant-over");
  }, 1000);
};

/* --- what the server says to htmx -------------------------------------------------------------------------------- */
let asked = null;
const openStepUp = async (address) => {
  // A security key is given on a page of its own, which leads back to this one.
  const back = encodeURIComponent(location.pathname + location.search);
  const answer = await fetch(`${address}?next=${back}`, { headers: { "X-Dialog": "yes" }, credentials: "same-origin" });
  const place = document.getElementById("dialog");
  place.innerHTML = await answer.text();
  const dialog = place.querySelector("dialog");
  dialog?.showModal();
  dialog?.querySelector("input:not([type=hidden])")?.focus();
};

document.addEventListener("htmx:beforeSwap", (event) => {
  const answer = event.detail.xhr;
  if (answer.status === 401 && answer.getResponseHeader("X-Step-Up")) {
    event.detail.shouldSwap = false;
    asked = event.detail.requestConfig.elt;
    openStepUp(answer.getResponseHeader("X-Step-Up"));
  } else if (answer.status === 423) {
    event.detail.shouldSwap = false;
    document.dispatchEvent(new CustomEvent("desk:lock"));
  } else if (answer.status >= 500) {
    say(answer.getResponseHeader("X-Words") ? decodeURIComponent(answer.getResponseHeader("X-Words")) : answer.statusText, true);
  }
});
document.addEventListener("htmx:sendError", () => say(document.getElementById("lock")?.dataset.wordsOffline, true));
const countDownAll = () => document.querySelectorAll(".grant time[data-seconds]:not([data-counted])").forEach(countDown);
document.addEventListener("htmx:oobAfterSwap", countDownAll);
document.addEventListener("htmx:afterSwap", (event) => {
  watchAll(event.detail.target ?? document);
  watchAll(document);
  document.dispatchEvent(new CustomEvent("desk:changed"));
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-step-up]")) return;
  event.preventDefault();
  const answer = await fetch(form.action, {
    method: "POST", body: new FormData(form), headers: { "X-Dialog": "yes" }, credentials: "same-origin",
  });
  if (answer.status === 204) {
    document.getElementById("dialog").replaceChildren();
    const again = asked;
    asked = null;
    if (again instanceof HTMLFormElement) again.requestSubmit();
    else again?.click();
    return;
  }
  document.getElementById("dialog").innerHTML = await answer.text();
  document.querySelector("#dialog dialog")?.showModal();
  document.querySelector("#dialog input:not([type=hidden])")?.focus();
});

document.addEventListener("DOMContentLoaded", () => {
  watchAll(document);
  countDownAll();
  document.querySelector("form[data-replays]")?.requestSubmit();
  // A form that came back begins where it is wrong, not at the top of a page that looks as it did before.
  document.querySelector("[aria-invalid=true]")?.focus();
});
