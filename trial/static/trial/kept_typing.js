/* What is typed outlives the session (EMA Annex 4: log out when idle, lose nothing). It stays in this tab's own storage, under the
   person and the page, and comes back to the same person alone; the server keeps nothing of it. */
"use strict";
(() => {
  const person = document.currentScript.dataset.person;
  const MINE = `typed:${person}:`;
  const SENT = "typed-sent";
  const REFUSED = ".errornote, .refusal, .errorlist"; // such a page shows by itself what was sent
  const NEVER = ["csrfmiddlewaretoken", "password", "code"];
  const NO_TEXT = ["password", "file", "submit", "button"];

  const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith("typed:"));
  const isKept = (field) =>
    field.name && !NEVER.includes(field.name) && !field.name.endsWith("_FORMS") && !NO_TEXT.includes(field.type);
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

  function read(form) {
    return [...form.elements].filter(isKept).map((field) => {
      if (isTicked(field)) return [field.name, field.value, field.checked];
      if (field.multiple) return [field.name, [...field.selectedOptions].map((option) => option.value)];
      return [field.name, field.value];
    });
  }

  /* A row that was added by hand is added again. */
  function fieldsOf(form, name) {
    const named = () => [...form.elements].filter((field) => field.name === name);
    const row = /^(.+)-(\d+)-/.exec(name);
    const group = row && document.getElementById(`${row[1]}-group`);
    for (let tries = 0; group && !named().length && tries < 100; tries += 1) {
      const add = group.querySelector(".add-row a");
      if (!add) break;
      add.click();
    }
    return named();
  }

  function put(form, typed) {
    for (const [name, value, ticked] of typed) {
      for (const field of fieldsOf(form, name)) {
        if (isTicked(field)) {
          if (field.value === value) field.checked = ticked;
        } else if (Array.isArray(value)) {
          for (const option of field.options) option.selected = value.includes(option.value);
        } else {
          field.value = value;
        }
      }
    }
  }

  function say(form) {
    const note = document.createElement("p");
    note.className = "flag flag-NOTICE";
    note.setAttribute("role", "status");
    note.textContent = "What you typed before is here again. It is not stored yet.";
    form.prepend(note);
  }

  function watch(form, number) {
    const key = `${MINE}${location.pathname}${location.search}#${number}`;
    const typed = sessionStorage.getItem(key);
    if (typed && !document.querySelector(REFUSED)) {
      put(form, JSON.parse(typed));
      say(form);
    }
    const keep = (event) => {
      if (isKept(event.target)) sessionStorage.setItem(key, JSON.stringify(read(form)));
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, key));
  }

  /* Stored, if the page after it says so, or is another one and says nothing against it. */
  function forgetWhatWasStored() {
    const key = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    if (!person || !key || document.querySelector(REFUSED)) return;  // the login came instead: what was typed waits
    const here = `${MINE}${location.pathname}${location.search}#`;
    if (document.querySelector(".messagelist .success") || !key.startsWith(here)) sessionStorage.removeItem(key);
  }

  function begin() {
    forgetWhatWasStored();
    if (!person) return;
    for (const key of keys()) if (!key.startsWith(MINE)) sessionStorage.removeItem(key);
    document.getElementById("logout-form")?.addEventListener("submit", () => keys().forEach((key) => sessionStorage.removeItem(key)));
    document.querySelectorAll("#content form[method=post]").forEach(watch);
  }

  window.addEventListener("load", begin);  // after the admin's own scripts, which add rows
})();
