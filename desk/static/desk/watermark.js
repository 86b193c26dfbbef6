/* The viewer's name and time behind pages that show sensitive values. Drawn as an image, set through the style object,
   so the strict content security policy holds; printing keeps it. */
"use strict";

(() => {
  const draw = (words) => {
    const safe = words.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const width = Math.max(260, words.length * 13);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="150">` +
      `<text x="12" y="120" transform="rotate(-18 12 120)" font-family="sans-serif" font-size="14" fill="#18242b" fill-opacity="0.075">${safe}</text></svg>`;
    return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
  };

  const paint = () => {
    for (const place of document.querySelectorAll("[data-watermark]")) {
      const words = place.dataset.watermark || document.body.dataset.viewer;
      if (!words || place.dataset.marked === words) continue;
      place.style.setProperty("background-image", draw(words));
      place.dataset.marked = words;
    }
  };
  document.addEventListener("DOMContentLoaded", paint);
  document.addEventListener("desk:changed", paint);
})();
