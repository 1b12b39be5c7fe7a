// Cells: a tensor as tables, rank 0 to 5: columns are the last axis, rows the one before, and each table one place of the axes in front.
// Every axis has a colour, which stays with it from line to line, and its number and size in words.

import { element, fill } from "./format.js";
import { called, indexOf, written } from "./tensors_sources.js";

const MOST = { columns: 10, rows: 8, cells: 60 }; // before the middle is folded away
const [FEW_TABLES, MANY_TABLES] = [4, 16];
const MOST_ROWS_OF_SEVERAL = 5;
const COLOURS = 6;

// The places along an axis that are drawn; null for those that are folded.
function seen(size, most, open) {
  const all = Array.from({ length: size }, (_, place) => place);
  return open || size <= most ? all : [...all.slice(0, most - 3), null, ...all.slice(-2)];
}

// A figure for one tensor: { figure, cells: Map of cell → td }.
export class Cells {
  constructor(tensor, result, words, { blamed = [], open = false, unfold, change = null }) {
    Object.assign(this, { tensor, result, words, blamed, open, change });
    this.cells = new Map();
    this.figure = element("figure", "tn-tensor");
    this.figure.dataset.name = tensor.name;
    this.figure.append(this.caption(unfold), this.blocks());
    this.cells.values().next().value?.setAttribute("tabindex", "0");
  }

  caption(unfold) {
    const { tensor, result, words } = this;
    const caption = element("figcaption", "tn-caption");
    caption.append(element("b", "", tensor.name));
    const axes = caption.appendChild(element("span", "tn-axes"));
    if (!result.shape.length) axes.append(element("span", "tn-axis tn-scalar", words.scalar));
    result.shape.forEach((size, axis) => {
      const chip = axes.appendChild(element("span", "tn-axis", fill(words.axis, { axis, size })));
      chip.dataset.colour = result.axes[axis] % COLOURS;
      if (this.blamed.includes(axis)) chip.classList.add("tn-blamed");
    });
    caption.append(element("span", "tn-dtype", tensor.dtype.replace("torch.", "")));
    if (this.folds && !this.open) {
      const button = caption.appendChild(element("button", "sw-button tn-unfold", fill(words.unfold, { count: result.cells.length })));
      Object.assign(button, { type: "button", onclick: unfold });
    }
    return caption;
  }

  get folds() {
    const { shape } = this.result;
    const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
    return columns > MOST.columns || rows > this.mostRows || this.tables > this.mostTables;
  }

  // Of small tables there may be many.
  get mostTables() {
    const { shape } = this.result;
    return (shape.at(-2) ?? 1) * (shape.at(-1) ?? 1) * MANY_TABLES <= 4 * MOST.cells ? MANY_TABLES : FEW_TABLES;
  }

  get mostRows() {
    return this.tables > 1 ? MOST_ROWS_OF_SEVERAL : MOST.rows;
  }

  get tables() {
    return this.result.shape.slice(0, -2).reduce((count, size) => count * size, 1);
  }

  blocks() {
    const { shape } = this.result;
    const box = element("div", "tn-blocks");
    if (shape.includes(0)) {
      box.append(element("p", "tn-empty", this.words.empty));
      return box;
    }
    const front = shape.slice(0, -2);
    if (front.length > 1 && front.at(-1) > 1) box.style.setProperty("--tn-across", Math.min(front.at(-1), 6));
    for (const place of seen(this.tables, this.mostTables, this.open)) {
      box.append(place === null ? element("span", "tn-gap", "…") : this.table(place, front));
    }
    return box;
  }

  // One table: the places `front` in the axes before the last two.
  table(place, front) {
    const { shape, axes } = this.result;
    const [rows, columns] = [shape.length > 1 ? shape.at(-2) : 1, shape.at(-1) ?? 1];
    const table = element("table", "tn-table");
    const at = indexOf(front, place);
    const own = front.length ? `${this.tensor.name}[${at.join(", ")}]` : this.tensor.name;
    table.setAttribute("aria-label", fill(this.words.table, { name: own, rows, columns }));
    if (front.length) {
      const head = table.appendChild(element("caption", "", `[${at.join(", ")}]`));
      head.dataset.colour = axes[front.length - 1] % COLOURS;
    }
    const across = seen(columns, MOST.columns, this.open);
    if (shape.length) this.heads(table, across, shape.length > 1);
    const body = table.createTBody();
    for (const row of seen(rows, this.mostRows, this.open)) {
      const line = body.insertRow();
      if (shape.length > 1) line.append(this.head(row, axes.at(-2), "row"));
      for (const column of across) line.append(row === null || column === null ? element("td", "tn-gap", "…") : this.cell((place * rows + row) * columns + column));
    }
    return table;
  }

  heads(table, across, corner) {
    const row = table.createTHead().insertRow();
    if (corner) row.append(element("td"));
    for (const column of across) row.append(this.head(column, this.result.axes.at(-1), "col"));
  }

  head(place, axis, scope) {
    const head = Object.assign(element("th", "", place === null ? "…" : String(place)), { scope });
    head.dataset.colour = axis % COLOURS;
    return head;
  }

  cell(place) {
    const { result, tensor } = this;
    const cell = element("td", "tn-cell", written(result.cells[place]));
    cell.tabIndex = -1;
    Object.assign(cell.dataset, { result: tensor.result, cell: place });
    cell.title = called(tensor.name, result.shape, place);
    if (this.change && this.change.cells[place] !== result.cells[place]) cell.classList.add("tn-changed");
    this.cells.set(place, cell);
    return cell;
  }
}

// Arrow keys go from cell to cell, through all tables of a tensor.
export function walk(event) {
  const cell = event.target.closest(".tn-cell");
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!cell || !step) return;
  event.preventDefault();
  const tables = [...cell.closest(".tn-blocks").querySelectorAll(".tn-table")];
  const cells = (row) => [...row.querySelectorAll(".tn-cell")];
  const rows = (table) => [...table.tBodies[0].rows].filter((row) => cells(row).length);
  const table = cell.closest(".tn-table");
  const row = rows(table).indexOf(cell.parentElement);
  const column = cells(cell.parentElement).indexOf(cell);
  const beside = tables[tables.indexOf(table) + (step[0] + step[1])];
  let next = cells(rows(table)[row + step[0]] ?? document.createElement("tr"))[column + step[1]];
  if (!next && beside) {
    const there = rows(beside);
    const line = step[0] > 0 ? there[0] : step[0] < 0 ? there.at(-1) : there[row];
    next = cells(line)[step[1] > 0 ? 0 : step[1] < 0 ? cells(line).length - 1 : column];
  }
  if (!next) return;
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
