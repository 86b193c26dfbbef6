/* The customer pages by keyboard: "/" to the search box, arrows along the rows, Enter opens, "r" goes along what can
   be revealed and Enter reveals it; and the compare widget. */
"use strict";

(() => {
  const typing = (event) => event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");

  // Before desk.js looks for a key: on these pages "/" means the box that is here, not the way to another page.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    const box = document.querySelector("[data-search]");
    if (!box) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    box.focus();
    box.select();
  }, true);

  document.addEventListener("keydown", (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...document.querySelectorAll("[data-row]")];
    if (!rows.length || event.target.closest?.("select, textarea")) return;
    const here = rows.indexOf(document.activeElement);
    const next = event.key === "ArrowDown" ? Math.min(here + 1, rows.length - 1) : here - 1;
    event.preventDefault();
    if (next < 0) document.querySelector("[data-search]")?.focus();
    else rows[next].focus();
  });

  // Only the focus moves: what is shown is what somebody then asks for by name.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "r" || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    const ways = [...document.querySelectorAll("[data-reveals]")];
    if (!ways.length) return;
    event.preventDefault();
    ways[(ways.indexOf(document.activeElement) + 1) % ways.length].focus();
  });

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const compares = target?.closest("[data-compares]");
    if (compares) {
      const field = document.getElementById("compare-field");
      const said = document.getElementById("compare-said");
      if (!field || !said) return;
      field.value = compares.dataset.compares;
      said.value = "";
      said.focus();
    }
    const folds = target?.closest("[data-folds]");
    if (folds) {
      const cell = folds.closest(".value-cell");
      const mask = document.createElement("span");
      mask.className = "masked";
      mask.textContent = folds.dataset.folds;
      cell?.replaceChildren(mask);
    }
  });

  // What the customer said is not left standing in the box once it has been answered.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.querySelector("#compare-said") && event.detail.successful) {
      const said = document.getElementById("compare-said");
      said.value = "";
      said.focus();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    event.detail.target?.querySelector?.("[autofocus]")?.focus();
  });

  // A fetched export cannot be fetched again: show its new state once the download has begun.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-reloads]")) setTimeout(() => location.reload(), 1500);
  });
})();
