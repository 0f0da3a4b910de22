/* A row that is added to the page gets the next name (V3 after V2), and other rows can refer to it by that name before it is stored
   (trial/actions/row_names.py). The server has named the rows that the page was drawn with. */
"use strict";
(() => {
  const numberOf = (name) => Number(/^[A-Z](\d+)/.exec(name)?.[1] ?? 0);

  /* Every name that the group has on this page, stored rows ("V1 (L01)") included. */
  function lastNumber(group) {
    const stored = [...group.querySelectorAll(".inline_label")].map((label) => numberOf(label.textContent.trim()));
    const added = [...group.querySelectorAll("input[name$='-code']")].map((input) => numberOf(input.value));
    return Math.max(0, ...stored, ...added);
  }

  function offer(group, name) {
    const label = group.dataset.new.replace("{name}", name);
    for (const select of document.querySelectorAll(`select[data-names-of="${group.id.replace(/-group$/, "")}"]`)) {
      if (![...select.options].some((option) => option.value === name)) select.add(new Option(label, name));
    }
  }

  document.addEventListener("formset:added", ({ target }) => {
    const group = target.closest("[data-letter]"), input = group && target.querySelector("input[name$='-code']");
    if (!input || input.value) return;
    const name = `${group.dataset.letter}${lastNumber(group) + 1}`;
    input.value = name;
    target.querySelector(".row-name").textContent = name;
    offer(group, name);
  });
})();
