// Layers: one digit on its way through the network: what goes in, the kernels, the maps that they make, and the probabilities.

import { inked, numbers, picture, signed } from "./digits.js";
import { element, fill } from "./format.js";
import { Columns } from "./layers_columns.js";
import { described, onSize, stroke, Tip, toggle } from "./picture.js";

const SMALL = 0.5; // the power by which small weights are brought to sight

export function create(frame, spec, context) {
  return new Layers(frame, spec, context);
}

class Layers {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, picture: null });
    const head = frame.querySelector(".sw-head");
    this.choice = head.appendChild(element("select", "sw-select"));
    this.choice.setAttribute("aria-label", spec.words.digit);
    this.choice.onchange = () => this.choose(this.choice.value);
    head.append(toggle(spec.words.gradients, this.gradients, (on) => this.switched(on)));
    this.body = frame.appendChild(element("div", "sw-picture sw-fill"));
    this.canvas = this.body.appendChild(element("canvas"));
    this.legend = frame.appendChild(element("p", "sw-legend"));
    this.legend.append(stroke("sw-positive"), element("span", "", spec.words.positive), stroke("sw-negative"), element("span", "", spec.words.negative));
    this.most = this.legend.appendChild(element("span", "sw-most"));
    this.say = described(this.body, frame, spec);
    this.tip = new Tip(frame);
    this.tip.over(this.body, (event) => this.under(event));
    this.sizes = onSize(this.body, () => this.redraw());
  }

  get gradients() {
    return Boolean(this.context.memory.gradients);
  }

  // The digit that is looked at, as text; at first one of the test digits.
  get ink() {
    return this.context.chosen.digit ?? this.context.allViews.facts?.digits[7][0]?.ink;
  }

  get view() {
    return `layers:${this.ink}`;
  }

  get wanted() {
    return this.ink ? ["facts", this.view] : ["facts"];
  }

  switched(on) {
    this.context.memory.gradients = on;
    this.redraw();
  }

  views(views) {
    if ("facts" in views) this.offer(views.facts);
    if (!this.ink || !(this.view in views)) return;
    this.picture = views[this.view];
    this.redraw();
  }

  // A few digits that test, by class; and in their place, what was chosen elsewhere.
  offer({ digits }) {
    const options = digits.flatMap((rows, digit) => rows.map(({ row, ink }) => this.option(fill(this.spec.words.row, { digit, row }), ink)));
    this.choice.replaceChildren(...options);
    this.chosen();
    this.context.retarget();
  }

  option(text, value) {
    return Object.assign(element("option", "", text), { value });
  }

  choose(ink) {
    this.context.choose({ digit: ink, digitNumber: null, digitKind: null });
  }

  chosen() {
    const { digit, digitNumber, digitKind } = this.context.chosen;
    this.choice.querySelector("[data-elsewhere]")?.remove();
    if (digit && ![...this.choice.options].some(({ value }) => value === digit)) {
      const { words } = this.spec;
      const text = digitNumber === null ? words.drawn : fill(words.row, { digit: digitKind, row: digitNumber });
      const option = this.choice.appendChild(this.option(text, digit));
      option.dataset.elsewhere = "";
    }
    this.choice.value = this.ink ?? "";
    this.views(this.context.allViews[this.view] ? { [this.view]: this.context.allViews[this.view] } : {});
  }

  redraw() {
    this.context.draw(() => this.draw());
  }

  draw() {
    const [width, height] = [this.body.clientWidth, this.body.clientHeight];
    if (!this.picture || !width || !height) return;
    const { theme } = this.context;
    this.columns = new Columns(this.picture, this.gradients, width, height, this);
    this.columns.draw(this.canvas, { ink: inked(theme), map: signed(theme), weight: signed(theme, SMALL), picture, numbers });
    this.most.textContent = this.summary();
    this.canvas.dataset.reads = this.read;
    this.tip.renew();
  }

  // The class of the greatest probability.
  get read() {
    const { probabilities } = this.picture;
    return probabilities.indexOf(Math.max(...probabilities));
  }

  summary() {
    const { words } = this.spec;
    const greatest = (name) => Math.max(...this.picture.layers.map((layer) => layer[name] ?? 0));
    if (!this.gradients) return fill(words.most_weight, { value: greatest("most_weight") });
    if (this.picture.layers.some(({ gradients }) => gradients === null)) return words.no_gradients;
    return fill(words.most_gradient, { value: greatest("most_gradient") });
  }

  under(event) {
    return this.columns?.at(event, this.canvas) ?? [];
  }

  alt() {
    if (!this.picture) return;
    this.say(fill(this.spec.words.alt, { digit: this.read, share: this.picture.probabilities[this.read], most: this.most.textContent }));
  }

  destroy() {
    this.sizes.disconnect();
  }
}
