// Store: the metrics of one run by name, in columns of one length; steps strictly increasing.
// That they are not too many is the server's affair: it then sends all of them anew, thinned.

import { toNumber } from "./format.js";

export class Store {
  constructor() {
    this.clear();
  }

  clear() {
    this.columns = { step: [] };
    this.clearings = (this.clearings ?? 0) + 1; // whoever has drawn rows by their index must begin again
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
    return start;
  }

  latest() {
    const last = this.length - 1;
    return Object.fromEntries(Object.entries(this.columns).map(([name, column]) => [name, column[last]]));
  }
}
