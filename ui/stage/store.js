// Store: the metrics of one run by name, in columns of one length; steps strictly increasing.
// Beyond ROWS rows it keeps about half: first, last, and every metric's minimum and maximum in each stretch.

import { toNumber } from "./format.js";

export const ROWS = 4000;

export class Store {
  constructor(rows = ROWS) {
    this.bound = rows;
    this.clear();
  }

  clear() {
    this.columns = { step: [] };
    this.thinnings = (this.thinnings ?? 0) + 1; // whoever has drawn rows by their index must begin again
  }

  get length() {
    return this.columns.step.length;
  }

  get lastStep() {
    return this.length ? this.columns.step[this.length - 1] : -1;
  }

  // Appends a batch of columns; rows that are already known are dropped. Returns the index of the first new row.
  append(batch) {
    const first = batch.step.findIndex((step) => step > this.lastStep);
    const start = this.length;
    if (first < 0) return start;
    for (const name of Object.keys(batch)) {
      const column = (this.columns[name] ??= Array.from({ length: start }, () => NaN));
      for (let row = first; row < batch.step.length; row++) column.push(toNumber(batch[name][row]));
    }
    if (this.length > this.bound) this.thin();
    return start;
  }

  latest() {
    const last = this.length - 1;
    return Object.fromEntries(Object.entries(this.columns).map(([name, column]) => [name, column[last]]));
  }

  thin() {
    const names = Object.keys(this.columns).filter((name) => name !== "step");
    const stretches = Math.max(1, Math.floor(this.bound / (4 * Math.max(1, names.length))));
    const width = Math.ceil(this.length / stretches);
    const kept = new Set([0, this.length - 1]);
    for (let start = 0; start < this.length; start += width) {
      const end = Math.min(this.length, start + width);
      for (const name of names) extremes(this.columns[name], start, end).forEach((row) => kept.add(row));
    }
    const rows = [...kept].sort((a, b) => a - b);
    for (const [name, column] of Object.entries(this.columns)) this.columns[name] = rows.map((row) => column[row]);
    this.thinnings++;
  }
}

function extremes(column, start, end) {
  let low = start;
  let high = start;
  for (let row = start; row < end; row++) {
    if (column[row] < column[low]) low = row;
    if (column[row] > column[high]) high = row;
  }
  return [low, high];
}
