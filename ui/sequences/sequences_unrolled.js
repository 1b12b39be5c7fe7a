// Unrolled: one word through the layer, step by step: the states by hand and by torch below each other, and the arithmetic of one step.

import { element, fill, fixed } from "./format.js";
import { MARKS, headed, rowHead, scrolling, seen } from "./sequences_cells.js";

const SIGNS = { h: "tanh", i: "σ", f: "σ", g: "tanh", o: "σ", r: "σ", z: "σ", n: "tanh" };

export class Unrolled {
  constructor(frame, words, choose) {
    Object.assign(this, { words, choose });
    const bar = frame.appendChild(element("div", "sq-bar"));
    this.word = this.field(bar, element("select", "sw-select"), words.word);
    this.time = this.field(bar, Object.assign(element("input"), { type: "range", min: 0 }), words.step);
    this.now = bar.appendChild(element("output"));
    this.word.onchange = () => choose(Number(this.word.value), 0);
    this.time.oninput = () => choose(Number(this.word.value), Number(this.time.value));
    this.steps = frame.appendChild(scrolling(words.steps_table));
    this.weights = frame.appendChild(element("p", "sq-about"));
    this.title = frame.appendChild(element("p", "sq-step"));
    this.arithmetic = frame.appendChild(scrolling(words.arithmetic));
  }

  field(bar, input, text) {
    const label = bar.appendChild(element("label", "sq-field"));
    label.append(element("span", "", text), input);
    return input;
  }

  show(report, word, time) {
    const { words } = this;
    const { weights, words: read } = report.unrolled;
    this.options(report, word);
    Object.assign(this.time, { max: report.lengths[word] - 1, value: time });
    this.now.textContent = `t = ${time}`;
    this.steps.replaceChildren(this.table(report, word, time));
    const shape = (value) => (Array.isArray(value[0]) ? `(${value.length}, ${value[0].length})` : `(${value.length})`);
    this.weights.textContent = fill(words.weights, { shapes: Object.entries(weights).map(([name, value]) => `${name} ${shape(value)}`).join(", ") });
    const character = [...report.words[word]][time];
    const number = report.alphabet.indexOf(character);
    this.title.textContent = fill(words.one_step, { time, character: seen(character), number });
    this.arithmetic.replaceChildren(this.sums(report, read[word][time], number));
    this.reveal(this.steps.querySelector(".sq-on"));
  }

  // Along the row only: the page stays where its reader is.
  reveal(cell) {
    if (!cell) return;
    const [frame, { left, right }] = [this.steps, cell].map((one) => one.getBoundingClientRect());
    const names = this.steps.querySelector("th").offsetWidth; // they stay, over what is scrolled
    this.steps.scrollLeft += Math.max(0, right - frame.right) + Math.min(0, left - frame.left - names);
  }

  options(report, word) {
    const made = report.words.join("\n");
    if (made !== this.made) {
      this.word.replaceChildren(...report.words.map((text, place) => Object.assign(element("option", "", `${place}: ${text}`), { value: place })));
    }
    this.made = made;
    this.word.value = String(word);
  }

  table(report, word, at) {
    const { words } = this;
    const steps = report.unrolled.words[word];
    const table = headed(element("table", "sq-steps"), ["t", ...steps.map((_, time) => String(time))]);
    table.setAttribute("aria-label", words.steps_table);
    const body = table.createTBody();
    const line = (head, cells) => {
      const row = body.insertRow();
      row.append(rowHead(head));
      cells.forEach((text, time) => {
        const cell = row.appendChild(element("td", time === at ? "sq-on" : "", text));
        cell.onclick = () => this.choose(word, time);
      });
      return row;
    };
    line(words.reads, [...report.words[word]].map(seen)).className = "sq-reads";
    for (const [name, label] of [["hand", words.hand], ["torch", "torch"]]) {
      for (let unit = 0; unit < report.hidden; unit += 1) line(`h[${unit}] ${label}`, steps.map((step) => fixed(step[name][unit])));
    }
    const marks = line(words.verdict, steps.map(({ verdict }) => MARKS[verdict]));
    steps.forEach(({ verdict }, time) => {
      const cell = marks.cells[time + 1];
      cell.classList.add(`sq-${verdict}`);
      cell.title = words[verdict];
    });
    return table;
  }

  // Each gate of each unit, and the state that they make: the numbers of one step.
  sums(report, step, column) {
    const { words } = this;
    const { gates } = report.unrolled;
    const table = headed(element("table", "sq-sums"), ["", words.formula, words.hand, "torch"]);
    table.setAttribute("aria-label", words.arithmetic);
    const body = table.createTBody();
    const line = (name, sum, value, torch = "") => {
      const row = body.insertRow();
      row.append(rowHead(name), element("td", "sq-sum", sum), element("td", "", fixed(value)), element("td", "", torch));
    };
    for (let unit = 0; unit < report.hidden; unit += 1) {
      gates.forEach((gate, place) => {
        const torch = gate === "h" ? fixed(step.torch[unit]) : "";
        line(`${gate}[${unit}]`, gateSum(report, step, gate, place * report.hidden + unit, column, unit), step.gates[gate][unit], torch);
      });
      for (const [name, sum, value, torch] of stateSums(step, unit)) line(name, sum, value, torch);
    }
    return table;
  }
}

const signed = (value, first) => (value < 0 ? (first ? "−" : " − ") : first ? "" : " + ") + fixed(Math.abs(value));
const inner = (value) => (value < 0 ? `(−${fixed(-value)})` : fixed(value));

// One row of the weights times x and h, with the biases, under the gate's function.
function gateSum(report, step, gate, row, column, unit) {
  const { weight_ih_l0: ih, weight_hh_l0: hh, bias_ih_l0: bi, bias_hh_l0: bh } = report.unrolled.weights;
  const fromX = `${signed(ih[row][column], true)}${signed(bi[row], false)}`;
  const fromH = hh[row].map((weight, k) => `${signed(weight, !k)}·${inner(step.before[k])}`).join("") + signed(bh[row], false);
  const joined = gate === "n" ? `${fromX} + ${fixed(step.gates.r[unit])}·(${fromH})` : `${fromX}${fromH.startsWith("−") ? ` − ${fromH.slice(1)}` : ` + ${fromH}`}`;
  return `${SIGNS[gate]}(${joined})`;
}

// What the gates make of the state before.
function stateSums({ gates, before, cell_before: old, cell, hand, torch }, unit) {
  const at = (name) => inner(gates[name][unit]);
  if (gates.i) {
    return [
      [`c[${unit}]`, `f·c + i·g = ${at("f")}·${inner(old[unit])} + ${at("i")}·${at("g")}`, cell[unit], ""],
      [`h[${unit}]`, `o·tanh(c) = ${at("o")}·tanh(${fixed(cell[unit])})`, hand[unit], fixed(torch[unit])],
    ];
  }
  if (!gates.z) return [];
  return [[`h[${unit}]`, `(1 − z)·n + z·h = (1 − ${at("z")})·${at("n")} + ${at("z")}·${inner(before[unit])}`, hand[unit], fixed(torch[unit])]];
}
