/* The token stands behind # in the link, where no server log sees it. It is put into the form and out of the address. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-enrol]");
  const token = location.hash.slice(1);
  if (!form || !token) return;
  form.elements.token.value = token;
  history.replaceState(null, "", location.pathname);
  form.querySelector("[data-token-place]").hidden = true;
  form.requestSubmit();
});
