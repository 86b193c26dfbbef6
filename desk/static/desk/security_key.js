/* A security key in place of a code: its answer goes into the field of the code. Without a script the code stays. */
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const options = (place) => ({
  challenge: new TextEncoder().encode(place.dataset.challenge),
  userVerification: "required",
});

async function enrol(place) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options(place),
      rp: { id: place.dataset.address, name: "custinfo L4" },
      user: { id: bytes(place.dataset.user), name: place.dataset.number, displayName: place.dataset.number },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    },
  });
  return [made, { attestationObject: text(made.response.attestationObject) }];
}

async function touch(place) {
  const given = await navigator.credentials.get({ publicKey: { ...options(place), rpId: place.dataset.address } });
  const { authenticatorData, signature } = given.response;
  return [given, { authenticatorData: text(authenticatorData), signature: text(signature) }];
}

async function answer(place) {
  const [credential, response] = await (place.dataset.user ? enrol(place) : touch(place));
  const id = text(credential.rawId);
  response.clientDataJSON = text(credential.response.clientDataJSON);
  return JSON.stringify({ id, rawId: id, type: credential.type, response });
}

document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  for (const place of document.querySelectorAll("[data-key]")) {
    const field = document.getElementById(place.dataset.key);
    const said = place.querySelector("[role=status]");
    place.hidden = false;
    place.querySelector("button").addEventListener("click", async () => {
      try {
        field.value = await answer(place);
        field.type = "hidden";
        document.querySelector(`label[for="${field.id}"]`).hidden = true;
        said.textContent = said.dataset.touched;
      } catch {
        said.textContent = said.dataset.failed;
      }
    });
  }
});
