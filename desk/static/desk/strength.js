/* A meter beside a new password. It only advises; the server decides by length, common passwords and likeness. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll("[data-strength]")) {
    const input = document.getElementById(box.dataset.strength);
    if (!input) continue;
    input.addEventListener("input", () => {
      const text = input.value;
      const different = new Set(text).size;
      const sorts = [/[a-z]/, /[A-Z]/, /\d/, /[^\w\s]/, /[^\x00-\x7f]/].filter((sort) => sort.test(text)).length;
      const runs = (text.match(/(.)\1\1|0123|1234|2345|abcd|qwer|asdf/gi) ?? []).length;
      let score = text.length < 12 ? 1 : 2;
      if (text.length >= 12 && different >= 8 && sorts >= 2) score = 3;
      if (text.length >= 16 && different >= 10) score = 4;
      if (runs || different < 6) score = Math.min(score, 2);
      box.hidden = text === "";
      box.querySelector("meter").value = score;
      const words = ["", text.length < 12 ? box.dataset.short : box.dataset.weak, box.dataset.weak, box.dataset.fair, box.dataset.strong];
      box.querySelector(".strength-words").textContent = words[score];
    });
  }
});
