/* What is typed outlives the session (EMA Annex 4: log out when idle, lose nothing). It stays in this tab's own storage, under the
   person and the page, and comes back to the same person alone; the server keeps nothing of it.

   Kept is what differs from the page as it was drawn, for the record and for each of its rows, with the version that it was typed over.
   So nothing comes back that the person did not type, and what another has stored since then is refused as stale: the second person
   chooses (docs/decisions/0041). No other hidden input comes back: it says what this page shows. */
"use strict";
(() => {
  const { person, back: IS_BACK, gone: ROW_IS_GONE } = document.currentScript.dataset; // sentences in the reader's language
  const MINE = `typed:${person}:`;
  const SENT = "typed-sent";
  const REFUSED = ".errornote, .refusal, .errorlist"; // such a page shows by itself what was sent
  const NEVER = ["password", "code"];
  const NO_TEXT = ["hidden", "password", "file", "submit", "button", "reset"];
  const ROW_KEY = /^(.+)-(\d+)-id$/;
  const ROW_ITEM = /^(.+-\d+)-(.+)$/;

  const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith("typed:"));
  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";
  const isKept = (field) =>
    field.name && !NEVER.includes(field.name) && !NO_TEXT.includes(field.type) &&
    !field.name.includes("__prefix__") && !field.closest(".both-values"); // a choice between two values is made anew

  /* An item's values: a set of boxes has several. */
  const values = (fields, tick, select, text) => fields.flatMap((field) => {
    if (isTicked(field)) return field[tick] ? [field.value] : [];
    if (!field.options) return [field[text]];
    const chosen = [...field.options].filter((option) => option[select]);
    return (chosen.length || field.multiple ? chosen : [...field.options].slice(0, 1)).map((option) => option.value);
  });
  const typedIn = (fields) => values(fields, "checked", "selected", "value");
  const drawnIn = (fields) => values(fields, "defaultChecked", "defaultSelected", "defaultValue");
  const isTyped = (fields) => JSON.stringify(typedIn(fields)) !== JSON.stringify(drawnIn(fields));

  /* The record and its rows. A stored row is known by its key: its place is another's when a row before it was withdrawn. */
  function partsOf(form) {
    const parts = new Map([["", { items: new Map(), seen: form.elements.seen }]]), rows = new Map(), added = {};
    for (const field of form.elements) {
      const [, group, number] = ROW_KEY.exec(field.name) ?? [];
      if (!group) continue;
      if (!field.value) added[group] = (added[group] ?? -1) + 1;
      const row = `${group}-${number}`, part = { items: new Map(), seen: form.elements[`${row}-seen`], isNew: !field.value };
      parts.set(`${group}:${field.value || `new-${added[group]}`}`, part);
      rows.set(row, part);
    }
    for (const field of [...form.elements].filter(isKept)) {
      const [, row, item] = ROW_ITEM.exec(field.name) ?? [];
      const { items } = rows.get(row) ?? parts.get(""), name = rows.has(row) ? item : field.name;
      items.set(name, [...(items.get(name) ?? []), field]);
    }
    return parts;
  }

  /* A row in words, for when it is not there any more. */
  function inWords(items) {
    const chosen = (field) => [...field.selectedOptions].map((option) => option.value && option.text).join(", ");
    const words = (field) => (field.options ? chosen(field) : field.value);
    const filled = [...items.values()].map(([first]) => first).filter((field) => !isTicked(field) && words(field));
    return filled.map((field) => `${field.getAttribute("aria-label") ?? field.name}: ${words(field)}`).join("; ");
  }

  /* Of a row that is new on this page, all of it: what the page proposes for it may be something else the next time. */
  function typedOn(form) {
    const typed = {};
    for (const [key, { items, seen, isNew }] of partsOf(form)) {
      const changed = [...items].filter(([, fields]) => isTyped(fields));
      const kept = (isNew && changed.length ? [...items] : changed).map(([name, fields]) => [name, typedIn(fields)]);
      if (kept.length) typed[key] = { seen: seen?.value, items: Object.fromEntries(kept), words: key && inWords(items) };
    }
    return typed;
  }

  /* A refused page may have been drawn over a later version: what was typed before it stays over the earlier one. */
  function joined(before, typed) {
    const both = { ...before, ...typed };
    for (const key of Object.keys(both).filter((key) => before[key] && typed[key])) {
      both[key] = { seen: before[key].seen, items: { ...before[key].items, ...typed[key].items }, words: typed[key].words };
    }
    return both;
  }

  function fill(fields, typed) {
    for (const field of fields) {
      if (isTicked(field)) field.checked = typed.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = typed.includes(option.value);
      else if (!field.options || [...field.options].some((option) => option.value === typed[0])) field.value = typed[0] ?? "";
    }
  }

  /* A row that was added by hand is added again. */
  function partNamed(form, key) {
    const [group, row] = key.split(":");
    for (let tries = 0; row?.startsWith("new-") && !partsOf(form).has(key) && tries < 100; tries += 1) {
      const add = document.querySelector(`#${CSS.escape(group)}-group .add-row a`);
      if (!add) break;
      add.click();
    }
    return partsOf(form).get(key);
  }

  /* Returns what found no place: rows that are not there any more. */
  function put(form, typed) {
    const left = {};
    for (const [key, before] of Object.entries(typed)) {
      const part = partNamed(form, key);
      if (!part) {
        left[key] = before;
        continue;
      }
      for (const [item, what] of Object.entries(before.items)) fill(part.items.get(item) ?? [], what);
      if (part.seen && before.seen && [...part.items.values()].some(isTyped)) part.seen.value = before.seen;
    }
    return left;
  }

  function say(form, sentence) {
    const note = document.createElement("p");
    note.className = "flag flag-NOTICE";
    note.setAttribute("role", "status");
    note.textContent = sentence;
    form.prepend(note);
  }

  function bringBack(form, typed) {
    const left = put(form, typed);
    for (const { words } of Object.values(left)) say(form, `${ROW_IS_GONE} ${words}`);
    if (Object.keys(typedOn(form)).length) say(form, IS_BACK);
    return left;
  }

  function watch(form, name) {
    const key = `${MINE}${location.pathname}${location.search}#${name}`;
    const before = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    const stays = document.querySelector(REFUSED) ? before : bringBack(form, before);
    const keep = (event) => {
      if (isKept(event.target)) sessionStorage.setItem(key, JSON.stringify(joined(stays, typedOn(form))));
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, key));
  }

  /* The forms of a page: what is said about one query never comes back at another, nor the reason for a freeze at its end. */
  function watchAll() {
    const forms = [...document.querySelectorAll("#content form[method=post]")];
    const about = (form) => form.dataset.about ?? (form.elements.query && `query-${form.elements.query.value}`);
    forms.filter(about).forEach((form) => watch(form, about(form)));
    forms.filter((form) => !about(form)).forEach(watch);
  }

  /* Only what a page says is stored, is: the page after a submit may be the login, a refusal, or one that was opened instead. */
  function forgetWhatWasStored() {
    const key = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    if (key && document.querySelector(".messagelist .success")) sessionStorage.removeItem(key);
  }

  function begin() {
    if (!person) return;
    for (const key of keys()) if (!key.startsWith(MINE)) sessionStorage.removeItem(key);
    document.getElementById("logout-form")?.addEventListener("submit", () => keys().forEach((key) => sessionStorage.removeItem(key)));
    watchAll();
  }

  forgetWhatWasStored(); // at once: who leaves this page before it has loaded takes nothing stored along

  /* After the admin's own scripts, which add rows: jQuery runs them in turn, and as late as after the load. */
  window.addEventListener("load", () => (window.django?.jQuery ?? ((run) => run()))(begin));
})();
