/* Whoever goes back to a page and presses again sends the same act once more: the page comes with new keys (`once`,
   trial/pages/sent_once.py), but the browser fills in what was chosen before. So each form takes up the key that it had
   when the page was left. A page that is opened or loaded anew keeps its new keys. */
"use strict";
(() => {
  const KEY = "once", TOKENS = [KEY, "csrfmiddlewaretoken"];
  const keyOf = (form) => form.elements.namedItem(KEY);

  /* A form is known by its address, its items, and what the server says of it in hidden inputs. */
  function nameOf(form) {
    const fields = [...form.elements].filter((field) => field.name && !TOKENS.includes(field.name));
    const items = fields.map((field) => (field.type === "hidden" ? `${field.name}=${field.defaultValue}` : field.name));
    return [form.getAttribute("action"), ...items].join("&");
  }

  const forms = [...document.forms].filter(keyOf).map((form) => [nameOf(form), keyOf(form)]);
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const earlier = (isBack && history.state?.[KEY]) || {};
  for (const [name, key] of forms) key.value = earlier[name] ?? key.value;
  history.replaceState({ ...history.state, [KEY]: Object.fromEntries(forms.map(([name, key]) => [name, key.value])) }, "");
})();
