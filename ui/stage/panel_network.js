// Network: inputs, units and outputs, and lines between them as thick as their weights; where those would be too many,
// a heat map for each layer. Lines come with weights and gradients at once; of a heat map's both only while one points at it.

import { element, fill, short } from "./format.js";
import { Lines } from "./network_lines.js";
import { Maps } from "./network_maps.js";
import { Sizes } from "./network_sizes.js";
import { LEAST, Units } from "./network_units.js";
import { described, onSize, stroke, Tip, toggle } from "./picture.js";

const MOST_LINES = 300;
const EDITED = 30; // px above the layers for their number of units
const VIEWS = ["network", "network:weights", "network:gradients"];

export function create(frame, spec, context) {
  return new Network(frame, spec, context);
}

class Network {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, picture: null, drawing: null, pointed: false });
    frame.querySelector(".sw-head").append(toggle(spec.words.gradients, this.gradients, (on) => this.switched(on)));
    if (spec.grows?.layers && context.steered) this.editor = new Sizes(this, frame.querySelector(".sw-head"), spec.grows);
    this.top = this.editor ? EDITED : 0;
    if (this.editor) frame.append(this.editor.node);
    this.body = frame.appendChild(element("div", "sw-picture sw-fill"));
    this.legend = frame.appendChild(element("p", "sw-legend"));
    this.legend.append(stroke("sw-positive"), element("span", "", spec.words.positive), stroke("sw-negative"), element("span", "", spec.words.negative));
    this.most = this.legend.appendChild(element("span", "sw-most"));
    this.say = described(this.body, frame, spec);
    this.tip = new Tip(frame);
    this.tip.over(this.body, (event) => this.under(event));
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("blur", () => this.walk(null));
    this.body.addEventListener("pointerenter", () => this.point(true));
    this.body.addEventListener("pointerleave", () => this.point(false));
    this.sizes = onSize(this.body, () => this.rebuild());
    this.ask();
  }

  get gradients() {
    return Boolean(this.context.memory.gradients);
  }

  get facts() {
    return this.context.allViews.facts;
  }

  get shapes() {
    return this.facts?.shapes ?? [];
  }

  get hasLines() {
    return this.shapes.reduce((lines, [units, inputs]) => lines + units * inputs, 0) <= MOST_LINES;
  }

  ask() {
    const one = this.gradients ? "network:gradients" : "network:weights";
    const view = !this.shapes.length ? [] : [this.hasLines || this.pointed ? "network" : one];
    this.wanted = ["facts", ...view, ...(this.units ? [this.unitsView] : [])];
    this.context.retarget();
  }

  // What units put out is drawn where there is room for it.
  get unitsView() {
    return `${this.spec.units}:20`;
  }

  switched(on) {
    this.context.memory.gradients = on;
    this.ask();
    this.redraw();
  }

  views(views) {
    if ("facts" in views) {
      this.editor?.built();
      this.rebuild();
      this.ask();
    }
    if (this.unitsView in views) this.outputs = views[this.unitsView];
    const name = [this.wanted[1], ...VIEWS].find((one) => one in views);
    if (!name) return this.outputs && this.redraw();
    this.picture = views[name];
    this.redraw();
  }

  rebuild() {
    this.drawing = null;
    this.redraw();
  }

  redraw() {
    this.context.draw(() => this.draw());
  }

  draw() {
    const width = this.body.clientWidth;
    this.height = this.body.clientHeight;
    if (!this.shapes.length || !width || !this.height) return;
    if (!this.drawing) {
      const made = this.hasLines ? new Lines(this, width) : new Maps(this, width);
      this.body.replaceChildren(made.node);
      this.drawing = made;
      this.withUnits(made);
      this.editor?.over(made);
      this.body.dataset.form = this.hasLines ? "lines" : "maps";
    }
    if (!this.fits()) return;
    const kind = this.gradients ? "weight_gradients" : "weights";
    if (kind in this.picture.layers[0]) this.most.textContent = this.summary(this.drawing.show(this.picture.layers, kind));
    if (this.units && this.outputs?.columns?.length === this.shapes.length) this.units.show(this.outputs, this.picture.layers);
    if (this.walked) this.walk(this.walked);
    else this.tip.renew();
  }

  withUnits(drawing) {
    const room = this.spec.units && this.hasLines && drawing.columns.flat().every(({ r }) => r >= LEAST);
    this.units = room ? new Units(drawing) : null;
    if (room) this.body.append(this.units.node);
    this.ask();
  }

  // Whether the picture is of this very network: after a new beginning the old one may still arrive.
  fits() {
    const { layers = [] } = this.picture ?? {};
    const rows = (layer) => layer.weights ?? layer.weight_gradients;
    return layers.length === this.shapes.length && layers.every((layer, index) => {
      const [units, inputs] = this.shapes[index];
      return layer.weight_gradients === null || (rows(layer)?.length === units && rows(layer)[0].length === inputs);
    });
  }

  summary(greatest) {
    const { words } = this.spec;
    if (greatest === null) return words.no_gradients;
    return fill(this.gradients ? words.most_gradient : words.most_weight, { value: greatest });
  }

  nameOf(column, unit) {
    const { words, names } = this.spec;
    if (column === 0) return names[this.facts.features[unit]] ?? this.facts.features[unit];
    if (column === this.shapes.length) return names[this.facts.outputs[unit]] ?? this.facts.outputs[unit];
    return fill(words.unit, { layer: column, unit: unit + 1 });
  }

  point(pointed) {
    this.pointed = pointed;
    this.ask();
  }

  // The arrow keys go from unit to unit: along a column, and from one to the next.
  key(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Escape: [] }[event.key];
    const columns = this.drawing?.columns;
    if (!way || !columns || !this.fits() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!way.length) return this.walk(null);
    event.preventDefault();
    const [column, unit] = this.walked ? [this.walked.column + way[0], this.walked.unit + way[1]] : [1, 0];
    const inside = Math.max(1, Math.min(columns.length - 1, column));
    this.walk({ column: inside, unit: Math.max(0, Math.min(columns[inside].length - 1, unit)) });
  }

  walk(walked) {
    this.walked = walked;
    if (!walked) return this.tip.hide();
    const { column, unit } = walked;
    const box = this.drawing.node.getBoundingClientRect();
    const { x, y } = this.drawing.columns[column][unit];
    const lines = this.told({ layer: column - 1, unit });
    this.tip.show({ clientX: box.left + x, clientY: box.top + y }, lines);
    this.say(lines.filter((line) => !(line instanceof Node)).join(", "));
  }

  under(event) {
    const found = this.drawing && this.fits() ? this.drawing.at(event) : null;
    return found ? this.told(found) : [];
  }

  // What stands at the pointer: {layer, unit, input} is a weight, without `input` it is a unit and its bias.
  told({ layer, unit, input }) {
    const { words } = this.spec;
    const numbers = this.picture.layers[layer] ?? {};
    const value = (rows) => (input === undefined ? rows?.[unit] : rows?.[unit]?.[input]);
    const pair = input === undefined ? [numbers.biases, numbers.bias_gradients] : [numbers.weights, numbers.weight_gradients];
    const title = input === undefined ? this.nameOf(layer + 1, unit) : `${this.nameOf(layer, input)} → ${this.nameOf(layer + 1, unit)}`;
    const lines = [title];
    const [own, gradient] = pair.map(value);
    if (Number.isFinite(own)) lines.push(fill(input === undefined ? words.bias : words.weight, { value: own }));
    if (Number.isFinite(gradient)) lines.push(fill(words.gradient, { value: gradient }));
    if (input === undefined && numbers.dead?.includes(unit)) lines.push(words.dead);
    const large = input === undefined && this.units?.large(layer + 1, unit);
    return large ? [...lines, large] : lines;
  }

  alt() {
    if (this.walked) return;
    if (!this.picture || !this.fits()) return;
    const dead = this.picture.layers.reduce((sum, layer) => sum + layer.dead.length, 0);
    const sizes = [this.facts.features.length, ...this.shapes.map(([units]) => units)].join(" → ");
    this.say(fill(this.spec.words.alt, { sizes, most: this.most.textContent, dead: short(dead) }));
  }

  destroy() {
    this.sizes.disconnect();
  }
}
