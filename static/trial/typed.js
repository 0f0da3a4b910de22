/* Enter in a line of a form leads to the next field, as Tab does. Only a press on a button stores anything: such a form begins with a
   disabled button (`no-default`), which is what a browser would press on Enter, so that nothing is sent without this script, either. */
"use strict";
(() => {
  const NO_DEFAULT = "button.no-default";
  const isLine = (field) => field instanceof HTMLInputElement && !["submit", "button", "reset", "file"].includes(field.type);
  const isReachable = (field) => field.type !== "hidden" && !field.disabled && field.tabIndex >= 0 && field.offsetParent !== null;

  function goOn(event) {
    const field = event.target, { form } = field;
    if (event.key !== "Enter" || event.isComposing || !isLine(field) || !form?.querySelector(NO_DEFAULT)) return;
    event.preventDefault();
    const fields = [...form.elements].filter(isReachable);
    fields[fields.indexOf(field) + 1]?.focus();
  }

  document.addEventListener("keydown", goOn);
})();
