/* What became of a security key, in words: allauth's own script tells the console alone. */
"use strict";

document.addEventListener("allauth.error", (event) => {
  const place = document.getElementById("key-words");
  if (!place) return;
  event.preventDefault(); // it would be printed as an error of ours
  const known = event.detail.exception.name === "InvalidStateError";
  place.textContent = place.dataset[window.PublicKeyCredential ? (known ? "known" : "failed") : "without"];
  place.hidden = false;
});
