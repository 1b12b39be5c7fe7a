// Heat map: rows × positions on a canvas (a chart library needs ten times as long for it), with the rows in a scroll box.

import { element, fill, short } from "./format.js";
import { described, onSize, Tip } from "./picture.js";
import { Sheet, Slider, Windowed, placeOf, share, signed, type } from "./sequence.js";

const ROW = { least: 13, most: 30, few: 8, mostOfFew: 56 };
const COLUMN = { least: 14, most: 44 };
const HEAD = 18; // of a line of labels above the columns
const DRIVING = 3; // characters named at each end of a unit's range

export function create(frame, spec, context) {
  return new HeatMap(frame, spec, context);
}

class HeatMap extends Windowed {
  constructor(frame, spec, context) {
    super(spec, context, spec.view);
    this.big = context.projector ? 1.35 : 1;
    this.box = frame.appendChild(element("div", "sw-map sw-fill"));
    this.top = new Sheet(this.box);
    this.top.node.style.height = `${this.headed}px`; // an empty canvas would take more, and the panel jump when it is drawn
    this.scroll = this.box.appendChild(element("div", "sw-map-rows"));
    this.sheet = new Sheet(this.scroll);
    this.say = described(this.sheet.node, frame, spec);
    this.tip = new Tip(frame);
    this.slider = new Slider(frame, context, "offset", spec.words.window);
    this.listen(this.sheet.node);
    this.sizes = onSize(this.box, () => context.draw(() => this.draw()));
  }

  // The height of the lines above the columns.
  get headed() {
    return this.spec.heads.length * HEAD * this.big;
  }

  label(row) {
    return this.spec.rows ? this.data[this.spec.rows][row] : String(row);
  }

  measure() {
    const values = this.data[this.spec.values];
    const fitting = Math.floor(this.scroll.clientHeight / values.length);
    const most = values.length > ROW.few ? ROW.most : ROW.mostOfFew;
    const row = Math.max(ROW.least * this.big, Math.min(most * this.big, fitting));
    const left = 40 * this.big;
    const width = this.scroll.clientWidth;
    const fit = Math.floor((width - left) / (COLUMN.least * this.big));
    const columns = Math.max(1, Math.min(Math.max(0, ...values.map((line) => line.length)), fit));
    const column = Math.min(COLUMN.most * this.big, (width - left) / columns);
    // the server's window is wider: it begins at the chosen offset, or is full up to the text's end
    const start = Math.max(0, Math.min(placeOf(this.context, "offset"), this.data.positions - columns) - this.data.offset);
    return { values, columns, row, left, width, column, start };
  }

  draw() {
    if (!this.data || !this.box.clientWidth) return;
    const size = (this.size = this.measure());
    const { heads } = this.spec;
    this.top.draw(size.width, this.headed, (pen) => heads.forEach((head, line) => this.head(pen, head, line)));
    this.sheet.draw(size.width, size.row * size.values.length, (pen) => this.rows(pen));
    this.slider.show(this.data.positions - size.columns);
    this.tip.renew();
  }

  head(pen, [entry, title], line) {
    const { left, column, columns, start } = this.size;
    const y = (line + 0.5) * HEAD * this.big;
    Object.assign(pen, { textBaseline: "middle", fillStyle: this.context.theme.text, font: type(this.context, 12) });
    pen.textAlign = "right";
    pen.fillText(title, left - 6, y, left - 8);
    pen.textAlign = "center";
    for (let t = 0; t < columns; t++) pen.fillText(this.data[entry][start + t], left + (t + 0.5) * column, y, column);
  }

  rows(pen) {
    const { values, row, left, column, columns, start } = this.size;
    const { theme } = this.context;
    const largest = Math.max(1, ...values.flat().map((value) => Math.abs(value ?? 0)));
    const paint = this.spec.scale === "signed" ? (value) => signed(theme, value ?? NaN, largest) : (value) => share(theme, value ?? NaN);
    const picked = this.spec.chooses ? placeOf(this.context, this.spec.chooses) : -1;
    Object.assign(pen, { textBaseline: "middle", textAlign: "right" });
    values.forEach((line, index) => {
      pen.fillStyle = theme.text;
      pen.font = `${index === picked ? "bold " : ""}${type(this.context, Math.min(12, row / this.big - 2))}`;
      pen.fillText(`${index === picked ? "▸ " : ""}${this.label(index)}`, left - 6, (index + 0.5) * row, left - 6);
      line.slice(start, start + columns).forEach((value, t) => {
        pen.fillStyle = paint(value);
        pen.fillRect(left + t * column, index * row, Math.max(1, column - 1), row - 1);
      });
    });
    if (this.spec.marks) this.marks(pen);
    if (picked >= 0 && picked < values.length) frameOf(pen, theme.text, left, picked * row, columns * column, row);
  }

  // The true character of each column is framed.
  marks(pen) {
    const { row, left, column, columns, start } = this.size;
    this.data[this.spec.marks].slice(start, start + columns).forEach((index, t) => frameOf(pen, this.context.theme.text, left + t * column, index * row, column, row));
  }

  listen(node) {
    this.tip.over(node, (event) => this.words(this.place(event)));
    if (!this.spec.chooses) return;
    node.classList.add("sw-choosing");
    node.onclick = (event) => this.pick(this.place(event)?.row);
    node.onkeydown = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || !this.data) return;
      event.preventDefault();
      this.pick(Math.max(0, Math.min(this.size.values.length - 1, (placeOf(this.context, this.spec.chooses)) + step)));
    };
  }

  pick(row) {
    if (row !== undefined) this.context.choose({ [this.spec.chooses]: row });
  }

  place(event) {
    if (!this.size) return null;
    const bounds = this.sheet.node.getBoundingClientRect();
    const row = Math.floor((event.clientY - bounds.top) / this.size.row);
    const column = Math.floor((event.clientX - bounds.left - this.size.left) / this.size.column);
    return row >= 0 && row < this.size.values.length && column < this.size.columns ? { row, column: this.size.start + Math.max(0, column) } : null;
  }

  words(place) {
    if (!place) return [];
    const { row, column } = place;
    const { data, spec } = this;
    if (column >= data[spec.values][row].length) return []; // a row may end before the others
    const said = { row: this.label(row), column: data.given[column], value: data[spec.values][row][column] ?? NaN, position: data.offset + column };
    return [fill(spec.words.cell, said), ...(spec.words.drives ? [this.drives(row)] : [])];
  }

  // The characters of this window after which the row's mean is highest and lowest.
  drives(row) {
    const sums = new Map();
    this.data[this.spec.values][row].forEach((value, t) => {
      const [sum, count] = sums.get(this.data.given[t]) ?? [0, 0];
      sums.set(this.data.given[t], [sum + (value ?? 0), count + 1]);
    });
    const means = [...sums].map(([character, [sum, count]]) => [character, sum / count]).sort((a, b) => b[1] - a[1]);
    const list = (pairs) => pairs.map(([character, mean]) => `${character} ${short(Number(mean.toFixed(2)))}`).join(", ");
    return fill(this.spec.words.drives, { highest: list(means.slice(0, DRIVING)), lowest: list(means.slice(-DRIVING).reverse()) });
  }

  alt() {
    if (this.data) this.say(fill(this.spec.words.alt, { rows: this.data[this.spec.values].length, positions: this.data.given.length }));
  }

  destroy() {
    this.sizes.disconnect();
  }
}

function frameOf(pen, color, x, y, width, height) {
  Object.assign(pen, { strokeStyle: color, lineWidth: 1.5 });
  pen.strokeRect(x + 0.25, y + 0.25, width - 1.5, height - 1.5);
}
