// Lines: the network as units joined by lines. Width is the number's size, colour and dash its sign.

import { set, svg } from "./picture.js";

const GAP = 46; // px between two units at most
const REACH = 6; // px from a line at which one points at it
const THICKEST = 8;

export class Lines {
  constructor(network, width) {
    this.network = network;
    this.width = width;
    this.size = network.context.projector ? 17 : 12;
    this.node = svg("svg", { class: "sw-net", width, height: network.height, viewBox: `0 0 ${width} ${network.height}` });
    this.place();
    const lines = svg("g", { class: "sw-lines" }, this.node);
    this.layers = network.shapes.map((_, layer) => this.lines(layer, lines));
    this.units = this.columns.map((column, index) => column.map((place, unit) => this.unit(index, unit, place)));
  }

  // Where every unit stands: columns from left to right, room for the names at both ends.
  place() {
    const { facts, shapes, top } = this.network;
    const height = this.network.height - top;
    const counts = [facts.features.length, ...shapes.map(([units]) => units)];
    const longest = (column, names) => Math.max(...names.map((_, unit) => textWidth(this.network.nameOf(column, unit), this.size)));
    const left = Math.min(this.width * 0.3, longest(0, facts.features) + 22);
    const right = Math.min(this.width * 0.3, longest(shapes.length, facts.outputs) + 24);
    const apart = (this.width - left - right) / (counts.length - 1);
    this.gap = Math.min(...counts.map((count) => Math.min(GAP, (height - 16) / count)));
    this.columns = counts.map((count, column) => {
      const gap = Math.min(GAP * (count < 5 ? 1.3 : 1), (height - 16) / count);
      return Array.from({ length: count }, (_, unit) => ({
        x: left + column * apart, y: top + height / 2 + (unit - (count - 1) / 2) * gap, r: Math.max(2.5, this.network.spec.units ? Math.min(17, gap * 0.44) : Math.min(9, gap * 0.34)),
      }));
    });
  }

  lines(layer, parent) {
    const [from, to] = [this.columns[layer], this.columns[layer + 1]];
    return to.map((end, unit) => from.map((start, input) => {
      const ends = { x1: start.x, y1: start.y, x2: end.x, y2: end.y };
      return svg("line", { ...ends, "data-layer": layer, "data-unit": unit, "data-input": input }, parent);
    }));
  }

  unit(column, unit, { x, y, r }) {
    const { context: { theme }, facts } = this.network;
    const last = column === this.network.shapes.length;
    const group = svg("g", { class: "sw-unit", transform: `translate(${x} ${y})` }, this.node);
    svg("circle", { r, fill: last ? theme.classes[facts.classes.indexOf(facts.outputs[unit])] : theme.surface, stroke: theme.colors.data }, group);
    svg("path", { class: "sw-cross", d: `M${-r} ${-r} L${r} ${r} M${-r} ${r} L${r} ${-r}` }, group);
    if (column && !last) return group;
    const side = last ? { x: r + 6, "text-anchor": "start" } : { x: -r - 6, "text-anchor": "end" };
    const label = svg("text", { ...side, "dominant-baseline": "central", "font-size": this.size, fill: theme.text }, group);
    label.textContent = this.network.nameOf(column, unit);
    return group;
  }

  // Draws one kind of number; returns the greatest size among them, or null if there are none yet.
  show(layers, kind) {
    const matrices = layers.map((layer) => layer[kind]);
    const greatest = matrices[0] ? Math.max(...matrices.flat(2).map((value) => Math.abs(value ?? 0))) : null;
    const room = Math.max(0.35, Math.min(1, this.gap / 26));
    const width = kind === "weights"
      ? (size) => Math.min(THICKEST, 0.4 + 1.7 * size) * room // on a fixed scale, so that weights are seen to grow
      : (size) => (0.4 + (THICKEST - 2) * (size / (greatest || 1))) * room;
    layers.forEach((layer, index) => this.showLayer(layer, index, matrices[index], width, greatest));
    return greatest;
  }

  showLayer(layer, index, matrix, width, greatest) {
    const other = (name, unit, input) => layer[name]?.[unit]?.[input] ?? "";
    this.layers[index].forEach((lines, unit) => lines.forEach((line, input) => {
      const value = matrix?.[unit][input] ?? 0;
      const size = Math.abs(value);
      set(line, {
        class: value < 0 ? "sw-negative" : "sw-positive",
        "stroke-width": width(size).toFixed(2),
        "stroke-opacity": (0.22 + 0.7 * Math.min(1, size / (greatest || 1))).toFixed(2),
        "data-weight": other("weights", unit, input),
        "data-gradient": other("weight_gradients", unit, input),
      });
    }));
    const dead = new Set(layer.dead);
    this.units[index + 1].forEach((unit, place) => {
      unit.classList.toggle("sw-dead", dead.has(place));
      unit.dataset.bias = layer.biases?.[place] ?? "";
    });
  }

  // What one points at: a unit, else the nearest line.
  at({ clientX, clientY }) {
    const box = this.node.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    for (let column = 1; column < this.columns.length; column++) {
      const unit = this.columns[column].findIndex((place) => Math.hypot(place.x - x, place.y - y) < place.r + 3);
      if (unit >= 0) return this.lit({ layer: column - 1, unit });
    }
    let best = { distance: REACH };
    this.layers.forEach((units, layer) => units.forEach((lines, unit) => lines.forEach((_, input) => {
      const distance = away(x, y, this.columns[layer][input], this.columns[layer + 1][unit]);
      if (distance < best.distance) best = { distance, layer, unit, input };
    })));
    return this.lit(best.layer === undefined ? null : best);
  }

  lit(found) {
    this.bright?.classList.remove("sw-lit");
    this.bright = found?.input === undefined ? null : this.layers[found.layer][found.unit][found.input];
    this.bright?.classList.add("sw-lit");
    return found;
  }
}

// The distance of (x, y) from the stretch between two places.
function away(x, y, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(a.x + along * dx - x, a.y + along * dy - y);
}

function textWidth(text, size) {
  return [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 1 : 0.56), 0) * size;
}
