/* The import wizard: a file that is too large is not even sent; a job that ended shows its result. */
"use strict";

const uploading = document.querySelector("form[data-upload]");
const tooBig = () => {
  const file = uploading.querySelector("input[type=file]");
  const big = (file.files[0]?.size ?? 0) > Number(uploading.dataset.upload);
  file.setCustomValidity(big ? uploading.dataset.wordsBig : "");
  return big;
};
uploading?.addEventListener("change", () => {
  if (tooBig()) uploading.reportValidity();
});
uploading?.addEventListener("submit", () => {
  const button = uploading.querySelector("button[type=submit]");
  button.setAttribute("aria-disabled", "true");
  button.querySelector("span").textContent = uploading.dataset.wordsReading;
});

document.addEventListener("htmx:afterSettle", () => {
  const live = document.querySelector("[data-import-live]");
  if (live && !live.querySelector("[hx-get]")) location.reload();
});

document.querySelector("main [aria-invalid]")?.focus();
