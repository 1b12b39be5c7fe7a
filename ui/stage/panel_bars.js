// Bars: one for each label, around zero or by decades, on a canvas.

import { element, fill, reach } from "./format.js";
import { described, onSize, Tip } from "./picture.js";
import { Sheet, Windowed, type } from "./sequence.js";
import { color } from "./theme.js";

const FOOT = 20; // room for the labels
const LEAST = 1e-12; // below it a bar by decades has no height
const NARROWEST = 9; // px of a labelled bar

export function create(frame, spec, context) {
  return new Bars(frame, spec, context);
}

class Bars extends Windowed {
  constructor(frame, spec, context) {
    super(spec, context, spec.view, spec.at);
    this.legend = frame.appendChild(element("p", "sw-about sw-bars-note"));
    this.sheet = new Sheet(frame.appendChild(element("div", "sw-bars-sheet sw-fill")));
    this.say = described(this.sheet.node, frame, spec);
    this.tip = new Tip(frame);
    this.tip.over(this.sheet.node, (event) => this.words(event));
    this.sizes = onSize(this.sheet.node.parentNode, () => context.draw(() => this.draw()));
  }

  series() {
    return this.spec.series.map(([path, title, role]) => ({ values: reach(this.data, path), title, role })).filter(({ values }) => values);
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.sheet.node.parentNode;
    if (!this.data || !width || height < 3 * FOOT) return;
    this.height = height;
    this.size = { width, left: 44 * (this.context.projector ? 1.35 : 1), bottom: this.height - FOOT * (this.context.projector ? 1.35 : 1) };
    this.size.step = (width - this.size.left) / this.data[this.spec.labels].length;
    this.scale();
    this.sheet.draw(width, this.height, (pen) => this.paint(pen));
    const names = this.series().length > 1 ? this.series().map(({ title }, index) => `${index ? "▨" : "■"} ${title}`).join("   ") : "";
    this.tip.renew();
    this.legend.textContent = [fill(this.spec.words.note, this.data), names].filter(Boolean).join("   ");
  }

  // y(value) in pixels from the top, and the values that have a line.
  scale() {
    const { bottom } = this.size;
    const all = this.series().flatMap(({ values }) => values).filter(Number.isFinite);
    if (this.spec.scale === "log") {
      const logs = all.filter((value) => value > LEAST).map(Math.log10);
      const high = Math.ceil(Math.max(-1, ...logs));
      const low = Math.floor(Math.min(high - 2, ...logs));
      const every = Math.ceil((high - low) / 6);
      this.lines = range(low, high, every).map((power) => [10 ** power, `10${superscript(power)}`]);
      this.y = (value) => 8 + ((high - Math.log10(Math.max(value, 10 ** low))) / (high - low)) * (bottom - 8);
      this.zero = bottom;
    } else {
      const most = Math.max(1, ...all.map(Math.abs));
      this.lines = [-most, 0, most].map((value) => [value, String(Number(value.toPrecision(2)))]);
      this.y = (value) => 8 + ((most - value) / (2 * most)) * (bottom - 16);
      this.zero = this.y(0);
    }
  }

  paint(pen) {
    const { width, left, bottom, step } = this.size;
    const { theme } = this.context;
    Object.assign(pen, { font: type(this.context, 11), textBaseline: "middle", textAlign: "right", lineWidth: 1, strokeStyle: theme.border });
    for (const [value, text] of this.lines) {
      pen.fillStyle = theme.text;
      pen.fillText(text, left - 6, this.y(value));
      pen.beginPath();
      pen.moveTo(left, this.y(value));
      pen.lineTo(width, this.y(value));
      pen.stroke();
    }
    const series = this.series();
    series.forEach((one, index) => this.bars(pen, one, index, series.length));
    pen.textAlign = "center";
    pen.fillStyle = theme.text;
    const each = Math.ceil((NARROWEST * (this.context.projector ? 1.35 : 1)) / step);
    this.data[this.spec.labels].forEach((text, index) => {
      if (index % each === 0) pen.fillText(text, left + (index + 0.5) * step, bottom + 11, step * each);
    });
  }

  bars(pen, { values, role }, index, count) {
    const { left, step } = this.size;
    const width = Math.max(1, (Math.min(step, 40) * 0.8) / count);
    values.forEach((value, place) => {
      if (!Number.isFinite(value) || (this.spec.scale === "log" && value <= LEAST)) return;
      const x = left + (place + 0.5) * step + (index - count / 2) * width;
      const [top, height] = [Math.min(this.y(value), this.zero), Math.max(1, Math.abs(this.y(value) - this.zero))];
      const shade = color(this.context.theme, this.spec.scale === "signed" && value < 0 ? "loss" : role);
      Object.assign(pen, { fillStyle: shade, strokeStyle: shade });
      if (index === 0) pen.fillRect(x, top, width - 0.5, height);
      else {
        pen.globalAlpha = 0.35;
        pen.fillRect(x, top, width - 0.5, height);
        pen.globalAlpha = 1;
        pen.strokeRect(x + 0.5, top, width - 1.5, height);
      }
    });
  }

  words(event) {
    if (!this.size) return [];
    const place = Math.floor((event.clientX - this.sheet.node.getBoundingClientRect().left - this.size.left) / this.size.step);
    const label = this.data[this.spec.labels][place];
    if (label === undefined) return [];
    const said = this.series().map(({ values, title }) => `${title}: ${Number.isFinite(values[place]) ? Number(values[place].toPrecision(3)) : "–"}`);
    return [fill(this.spec.words.cell, { label, place: place + (this.data.offset ?? 0) }), ...said];
  }

  alt() {
    if (this.data) this.say(fill(this.spec.words.alt, this.data));
  }

  destroy() {
    this.sizes.disconnect();
  }
}

function range(low, high, every) {
  return Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, index) => low + index * every);
}

function superscript(power) {
  return String(power).replace(/[-\d]/g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign]));
}
