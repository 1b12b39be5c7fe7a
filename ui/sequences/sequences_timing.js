// Timing: milliseconds padded and packed over the share of waste, for each cell, as they come in; and where the two lines meet.

import { element, fill, short } from "./format.js";
import { headed, rowHead, scrolling } from "./sequences_cells.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LEFT, FOOT] = [260, 120, 30, 18];
const NAMES = { rnn: "nn.RNN", gru: "nn.GRU", lstm: "nn.LSTM" };

export class Timing {
  constructor(frame, words, measure) {
    this.words = words;
    this.about = frame.appendChild(element("p", "sq-about"));
    const bar = frame.appendChild(element("div", "sq-bar"));
    this.button = bar.appendChild(element("button", "sw-button sq-measure", words.measure));
    Object.assign(this.button, { type: "button" });
    this.button.onclick = () => {
      this.button.disabled = true;
      measure();
    };
    this.done = bar.appendChild(element("span"));
    this.done.setAttribute("role", "status");
    this.box = frame.appendChild(element("div", "sq-times"));
  }

  show({ points, planned, said, of }) {
    const { words } = this;
    this.about.textContent = fill(words.timing_about, of);
    const going = points.length < planned;
    this.button.disabled = going;
    this.button.textContent = planned ? words.again : words.measure;
    this.done.textContent = going ? fill(words.measuring, { done: points.length, planned }) : "";
    this.box.dataset.points = points.length;
    const top = Math.max(...points.flatMap(({ padded, packed }) => [padded, packed]), 0);
    this.box.replaceChildren(...said.map((one) => this.figure(points.filter(({ cell, device }) => cell === one.cell && device === one.device), one, top)));
  }

  figure(points, { cell, device, even, text }, top) {
    const { words } = this;
    const figure = element("figure", "sq-time");
    figure.dataset.cell = cell;
    figure.append(element("figcaption", "", fill(words.timing_chart, { cell: NAMES[cell], device: device === "cpu" ? "CPU" : "GPU" })));
    figure.append(chart(points, top, even, words), this.table(points, cell), element("p", "sq-even", text));
    return figure;
  }

  table(points, cell) {
    const { words } = this;
    const label = fill(words.timing_table, { cell: NAMES[cell] });
    const table = headed(element("table", "sq-table"), [words.waste, ...points.map(({ waste }) => `${Math.round(100 * waste)} %`)]);
    table.setAttribute("aria-label", label);
    const body = table.createTBody();
    for (const way of ["padded", "packed"]) {
      const row = body.insertRow();
      row.append(rowHead(words[way], `sq-line-${way}`), ...points.map((point) => element("td", "", short(point[way]))));
    }
    const box = scrolling(label);
    box.append(table);
    return box;
  }
}

function drawn(tag, attributes, text = "") {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

// The table below it says the same in numbers.
function chart(points, top, even, words) {
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
  const x = (waste) => LEFT + waste * (WIDTH - LEFT - 6);
  const y = (value) => HEIGHT - FOOT - (value / (1.08 * top)) * (HEIGHT - FOOT - 6);
  for (const share of [0, 0.5, 1]) svg.append(drawn("text", { x: x(share), y: HEIGHT - 4, "text-anchor": share === 1 ? "end" : share ? "middle" : "start" }, `${100 * share} %`));
  for (const value of [0, top / 2, top]) {
    svg.append(drawn("line", { x1: LEFT, x2: WIDTH - 6, y1: y(value), y2: y(value), class: "sq-rule" }));
    svg.append(drawn("text", { x: LEFT - 4, y: y(value) + 3, "text-anchor": "end" }, value ? short(Number(value.toPrecision(2))) : "ms"));
  }
  if (even) svg.append(drawn("line", { x1: x(even), x2: x(even), y1: 6, y2: HEIGHT - FOOT, class: "sq-meet" }));
  for (const way of ["padded", "packed"]) {
    const line = drawn("polyline", { points: points.map((point) => `${x(point.waste)},${y(point[way])}`).join(" "), class: `sq-curve sq-line-${way}` });
    line.append(drawn("title", {}, words[way]));
    svg.append(line, ...points.map((point) => drawn("circle", { cx: x(point.waste), cy: y(point[way]), r: 2.5, class: `sq-dot sq-line-${way}` })));
  }
  return svg;
}
