/* A date as typed (crf_spec 0.3) is written as ISO when its field is left, and shown in words at once. The grammar is that of
   trial/protocol/typed/dates.py, which judges what is sent; a test goes through both with one table. What is no date stays as it is. */
"use strict";
(() => {
  const MONTHS = ["JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"];
  const WIDE = "．－−＋／　", NARROW = ".--+/ ";
  const GAP = "\\s*[-/.\\s]\\s*";
  const FORMS = [
    `(?<y>\\d{4})(?<m>\\d{2})(?<d>\\d{2})`,
    `(?<y>\\d{4})(?:${GAP}(?<m>\\d{1,2})(?:${GAP}(?<d>\\d{1,2}))?)?`,
    `(?<y>\\d{4})\\s*年(?:\\s*(?<m>\\d{1,2})\\s*月(?:\\s*(?<d>\\d{1,2})\\s*[日号])?)?`,
    `(?:(?<d>\\d{1,2})(?:${GAP})?)?(?<m>[A-Z]{3,9})\\.?(?:${GAP})?(?<y>\\d{4})`,
    `(?<y>\\d{4})(?:${GAP})?(?<m>[A-Z]{3,9})\\.?(?:(?:${GAP})?(?<d>\\d{1,2}))?`,
  ].map((form) => new RegExp(`^(?:${form})$`));
  const COUNTED = /^([TV]?)\s*([+-]\s*\d{1,4})?$/;
  const LONGEST = { day: 3, month: 2, partial: 3 }, SHORTEST = { day: 3, month: 2, partial: 1 };

  const narrowed = (text) => [...text].map((sign) => {
    const digit = sign.codePointAt(0) - 0xff10;
    if (digit >= 0 && digit < 10) return String(digit);
    return WIDE.includes(sign) ? NARROW[WIDE.indexOf(sign)] : sign;
  }).join("").trim().toUpperCase();

  const iso = (date) => date.toISOString().slice(0, 10);

  /* A day that the calendar has; undefined for any other. */
  function onCalendar(year, month, day) {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    const isReal = year > 0 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    return isReal ? date : undefined;
  }

  function counted(plain, { today, visit }) {
    const [, origin, step] = COUNTED.exec(plain) ?? [];
    const from = origin === "T" ? today : visit;
    if (!plain || origin === undefined || !today) return undefined;
    if (!from) return null;
    const date = new Date(`${from}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + Number((step ?? "0").replace(/\s/g, "")));
    return iso(date);
  }

  /* Returns the date in ISO, as far as it is typed; null where it is none. */
  function parse(text, { date: grain, today, visit }) {
    const plain = narrowed(text);
    const day = grain === "month" ? undefined : counted(plain, { today, visit });
    if (day !== undefined) return day;
    const { groups } = FORMS.map((form) => form.exec(plain)).find(Boolean) ?? {};
    if (!groups) return null;
    const { y, m, d } = groups;
    const month = /^[A-Z]/.test(m ?? "") ? MONTHS.findIndex((name) => name.startsWith(m)) + 1 : m && Number(m);
    const parts = [y, m && String(month), d].filter(Boolean).map(Number);
    const fits = parts.length >= SHORTEST[grain] && parts.length <= LONGEST[grain];
    if (!fits || !onCalendar(parts[0], parts[1] ?? 1, parts[2] ?? 1)) return null;
    return parts.map((part, place) => String(part).padStart(place ? 2 : 4, "0")).join("-");
  }

  const SHAPES = [{ year: "numeric" }, { year: "numeric", month: "long" }, { year: "numeric", month: "long", day: "numeric", weekday: "short" }];
  function inWords(date) {
    const parts = date.split("-").map(Number);
    const language = document.documentElement.lang || "en";
    const shape = new Intl.DateTimeFormat(language === "en-us" ? "en-GB" : language, { ...SHAPES[parts.length - 1], timeZone: "UTC" });
    return shape.format(onCalendar(parts[0], parts[1] ?? 1, parts[2] ?? 1));
  }

  function show(field) {
    const date = field.value.trim() && parse(field.value, field.dataset);
    let words = field.nextElementSibling;
    if (!words?.classList.contains("in-words")) {
      if (!date) return;
      words = document.createElement("output");
      words.className = "in-words quiet";
      words.htmlFor = field.id;
      field.after(words);
    }
    words.textContent = date ? inWords(date) : "";
  }

  const isDate = (field) => field instanceof HTMLInputElement && field.dataset.date !== undefined;
  document.addEventListener("input", ({ target }) => isDate(target) && show(target));
  document.addEventListener("change", ({ target }) => {
    if (!isDate(target)) return;
    target.value = parse(target.value, target.dataset) ?? target.value;
    show(target);
  }, true);
  window.addEventListener("load", () => document.querySelectorAll("input[data-date]").forEach(show));
})();
