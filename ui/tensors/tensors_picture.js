// Picture: the tensors of the chosen line as cells: what goes in, and what comes out. A cell that is looked at shows where it comes from.

import { element, fill } from "./format.js";
import { Cells, walk } from "./tensors_cells.js";
import { called, indexOf, namedSources, sources, written } from "./tensors_sources.js";

export class Picture {
  constructor(frame, words, point) {
    Object.assign(this, { words, open: new Set() });
    this.said = frame.appendChild(element("p", "tn-said", words.point));
    this.said.setAttribute("aria-live", "polite");
    this.box = frame.appendChild(element("div", "tn-figures"));
    const at = (event) => event.target.closest?.(".tn-cell")?.dataset;
    const look = (event) => {
      const found = at(event);
      if (found) point({ result: Number(found.result), cell: Number(found.cell) });
    };
    this.box.onpointerover = look;
    this.box.addEventListener("focusin", look);
    this.box.onkeydown = walk;
    this.box.onpointerleave = () => point(null);
  }

  show(report, line) {
    const made = `${JSON.stringify(line)}${JSON.stringify(report.results[line.tensors[0]?.result]?.cells)}`;
    if (made !== this.made) this.open.clear();
    this.made = made;
    Object.assign(this, { report, line });
    this.draw();
  }

  draw() {
    const { report, line, words } = this;
    const named = new Map(); // result → the tensor that a line shows of it
    for (const one of report.lines) for (const tensor of [...one.tensors, ...one.changed]) named.set(tensor.result, tensor);
    this.named = named;
    const into = new Set(line.parts.map(({ result }) => result).filter((result) => named.has(result)));
    for (const { result } of line.tensors) into.delete(result);
    const { failure } = report;
    const failed = failure?.line === line.number;
    if (failed) for (const tensor of failure.tensors) named.set(tensor.result, tensor);
    const inputs = failed && failure.tensors.length ? failure.tensors : [...into].map((result) => named.get(result));
    this.shown = [...inputs, ...line.tensors, ...line.changed].map((tensor) => this.figure(tensor, inputs));
    const parts = this.shown.map(({ figure }) => figure);
    if (line.tensors.length && inputs.length) {
      const first = element("div", "tn-result");
      first.append(element("span", "tn-arrow", "→"), parts[inputs.length]);
      parts[inputs.length] = first;
    }
    if (!parts.length) parts.push(element("p", "sw-about", line.plain ? `${line.plain.name} = ${line.plain.text}` : line.state === "waiting" ? words.not_run : words.nothing));
    this.box.replaceChildren(...parts);
    this.light(null);
  }

  figure(tensor, inputs) {
    const { report, line, words, open } = this;
    const { failure } = report;
    const blamed = failure?.line === line.number ? this.blamed(failure, tensor) : [];
    const before = inputs.includes(tensor) ? null : this.before(tensor, inputs);
    return new Cells(tensor, report.results[tensor.result], words, {
      blamed,
      open: open.has(tensor.result),
      change: before === null ? null : report.results[before],
      unfold: () => {
        open.add(tensor.result);
        this.draw();
        this.box.querySelector(`[data-result="${tensor.result}"]`)?.focus();
      },
    });
  }

  // The result that a tensor was before the line changed it in place; null if it was not there.
  before(tensor, inputs) {
    const { line, report } = this;
    if (line.changed.includes(tensor)) return report.results[tensor.result].how.of?.[0] ?? null;
    return inputs.find(({ name, shape }) => name === tensor.name && String(shape) === String(tensor.shape))?.result ?? null;
  }

  // The axes of a tensor that are to blame.
  blamed(failure, tensor) {
    return failure.axes.flatMap(([operand, axis]) => {
      const { start, end } = failure.operands[operand] ?? {};
      return this.line.code.slice(start, end) === tensor.name ? [axis] : [];
    });
  }

  // Light what belongs to a cell: itself, the same place in storage seen through other tensors, and the cells that it comes from.
  light(place) {
    const { shown, report } = this;
    if (!shown) return;
    this.box.querySelectorAll(".tn-at, .tn-source, .tn-alias").forEach((cell) => cell.classList.remove("tn-at", "tn-source", "tn-alias"));
    if (!place) {
      this.said.textContent = this.words.point;
      return;
    }
    const found = place.result === undefined ? place : { ...place, ...this.stored(place) };
    for (const { tensor, cells } of shown) {
      if (tensor.storage?.number !== found.storage || found.storage === undefined) continue;
      tensor.places.forEach((at, cell) => at === found.at && cells.get(cell)?.classList.add("tn-alias"));
    }
    if (place.result === undefined) return;
    const owner = shown.find(({ tensor }) => tensor.result === place.result);
    owner?.cells.get(place.cell)?.classList.add("tn-at");
    for (const [result, cell] of namedSources(report.results, place.result, place.cell, this.named)) {
      shown.find(({ tensor }) => tensor.result === result)?.cells.get(cell)?.classList.add("tn-source");
    }
    this.said.textContent = this.sentence(place);
  }

  // The storage cell of a tensor's cell.
  stored({ result, cell }) {
    const tensor = this.named.get(result);
    return { storage: tensor.storage?.number, at: tensor.places[cell] };
  }

  // "y[1, 2] = x[1, 2] + b[2] = 5 + 30 = 35 · storage cell 0 + 1·3 + 2·1 = 5"
  sentence({ result, cell }) {
    const { report, named, words } = this;
    const tensor = named.get(result);
    const { shape, cells } = report.results[result];
    const { text } = sources(report.results, result, cell, named);
    const from = namedSources(report.results, result, cell, named);
    const elsewhere = from.length === 1 && !text && from[0][0] !== result;
    const name = (one) => called(named.get(one[0]).name, report.results[one[0]].shape, one[1]);
    const own = called(tensor.name, shape, cell);
    const source = elsewhere && named.has(from[0][0]) ? name(from[0]) : own;
    const equal = [own, ...(source === own ? [] : [source]), ...(text ? [text] : []), written(cells[cell])];
    const steps = indexOf(shape, cell).map((place, axis) => `${place}·${tensor.stride[axis]}`);
    const address = tensor.storage && shape.length ? fill(words.address, { sum: [tensor.offset, ...steps].join(" + "), place: tensor.places[cell] }) : "";
    return `${equal.join(" = ")}   ${address}`;
  }
}
