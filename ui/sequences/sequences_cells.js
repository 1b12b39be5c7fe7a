// Cells: tables of words and positions, gone through with the arrow keys, and the marks of a comparison.

import { element, fixed } from "./format.js";

export const MARKS = { same: "=", close: "≈", different: "≠" };

// A character as it is shown: a space would not be seen.
export const seen = (character) => (character === " " ? "␣" : character);

// [0.1234, −0.5000]
export const listed = (numbers) => `[${numbers.map((one) => fixed(one)).join(", ")}]`;

export function headed(table, heads) {
  const row = table.createTHead().insertRow();
  row.append(...heads.map((text) => Object.assign(element("th", "", text), { scope: "col" })));
  return table;
}

export const rowHead = (text, kind = "") => Object.assign(element("th", kind, text), { scope: "row" });

export function scrolling(label) {
  const box = element("div", "sq-scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  return box;
}

// A table of words × positions; `cell(word, time)` gives a td's class, text and title, or null where there is none.
export function grid(report, label, cell, { numbers = true } = {}) {
  const table = element("table", "sq-grid");
  table.setAttribute("aria-label", label);
  const steps = Array.from({ length: report.shape[1] }, (_, time) => time);
  if (numbers) headed(table, ["", ...steps.map(String)]);
  const body = table.createTBody();
  report.words.forEach((_, word) => {
    const row = body.insertRow();
    row.append(rowHead(String(word)));
    for (const time of steps) row.append(made(cell(word, time), word, time));
  });
  walkable(table);
  return table;
}

function made(told, word, time) {
  if (!told) return element("td", "sq-none");
  const [kind, text, title = ""] = told;
  const cell = element("td", `sq-cell ${kind}`, text);
  Object.assign(cell.dataset, { word, time });
  if (title) cell.title = title;
  return cell;
}

// One cell has the tab stop, the arrow keys carry it on.
export function walkable(table) {
  const cells = [...table.querySelectorAll(".sq-cell")];
  cells.forEach((cell, place) => (cell.tabIndex = place ? -1 : 0));
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest(".sq-cell");
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!cell || !step) return;
    event.preventDefault();
    const rows = [...table.tBodies[0].rows];
    const row = rows[rows.indexOf(cell.parentElement) + step[0]];
    const next = row?.cells[cell.cellIndex + step[1]];
    if (!next?.classList.contains("sq-cell")) return;
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

// Call `look` with the place of the cell that is pointed at or has the focus, with null when there is none.
export function pointing(box, look) {
  const at = (event) => {
    const cell = event.target.closest?.(".sq-cell");
    look(cell ? { word: Number(cell.dataset.word), time: Number(cell.dataset.time), kind: cell.dataset.kind } : null);
  };
  box.onpointerover = at;
  box.addEventListener("focusin", at);
  box.onpointerleave = () => look(null);
}
