// Small helps for pages that work without them: focus on a refusal, fields that an
// instrument needs, parts of a form that belong to a choice.
"use strict";

// The theme writes a chosen file's name into the next text field it finds, or stumbles where
// there is none. The browser shows the name itself, so the theme isn't told.
document.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  event.stopImmediatePropagation();
  if (event.target.dataset.digestInto) readDigest(event.target);
}, true);

// <input type="file" data-digest-into="name">: the digest of the file goes into the hidden
// field of that name, and the file stays here. What can't be read so is sent whole.
async function readDigest(input) {
  const name = input.dataset.digestInto;
  const kept = input.form.elements[name];
  const said = document.querySelector(`[data-digest-said="${CSS.escape(name)}"]`);
  const button = input.form.querySelector("[type=submit]");
  const sent = input.getAttribute("name") || input.dataset.name;
  input.dataset.name = sent;
  input.setAttribute("name", sent);
  kept.value = "";
  if (said) said.textContent = "";
  const file = input.files[0];
  if (!file || !window.crypto.subtle) return;
  button.disabled = true;
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    kept.value = [...new Uint8Array(digest)].map((one) => one.toString(16).padStart(2, "0")).join("");
    input.removeAttribute("name");
    if (said) said.textContent = said.dataset.words;
  } catch {
    // Too large for this browser's memory: the server reads it.
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const refusal = document.querySelector("[data-focus]");
  if (refusal) refusal.focus();

  // <select data-needs='{"subpoena": ["due_on"]}' data-rare='[…]'>: mark the fields that the
  // choice needs, and show the rare ones only then.
  for (const select of document.querySelectorAll("select[data-needs]")) {
    const needs = JSON.parse(select.dataset.needs);
    const all = new Set(Object.values(needs).flat());
    const rare = new Set(JSON.parse(select.dataset.rare));
    const mark = () => {
      const needed = new Set(needs[select.value] || []);
      for (const name of all) {
        const field = document.getElementById(`field_${name}`);
        if (!field) continue;
        const isNeeded = needed.has(name);
        const note = field.querySelector(".cd-optional, .cd-needed");
        if (note) {
          note.className = isNeeded ? "cd-needed" : "cd-optional";
          note.textContent = isNeeded ? select.dataset.neededWords : select.dataset.optionalWords;
        }
        const typed = field.querySelector("input, select, textarea");
        const keep = isNeeded || (typed && typed.value) || !rare.has(name)
          || field.classList.contains("cd-field--wrong");
        field.hidden = !keep;
      }
    };
    select.addEventListener("change", mark);
    mark();
  }

  // data-shown-for="name=value other": shown while a radio or select of that name has the value.
  const parts = [...document.querySelectorAll("[data-shown-for]")];
  const show = () => {
    for (const part of parts) {
      const [name, values] = part.dataset.shownFor.split("=");
      const wanted = values.split(" ");
      const chosen = document.querySelector(`[name="${CSS.escape(name)}"]:checked`)
        || document.querySelector(`select[name="${CSS.escape(name)}"]`);
      part.hidden = !(chosen && wanted.includes(chosen.value));
    }
  };
  if (parts.length) {
    document.addEventListener("change", show);
    show();
  }
});
