// Sizes: how many hidden layers the network has, in the panel's head, and how many units, over each of them: pressed, the run begins
// anew with one more or one less. The server checks it like any other setting, and says why it refuses.

import { element, fill } from "./format.js";

const TOGETHER = 66; // px between two layers in which a number and its two buttons have room
const ALONE = 50; // px for the two buttons

export class Sizes {
  // `bounds`: {layers, units}, the most there may be of each.
  constructor(network, head, bounds) {
    Object.assign(this, { network, bounds, wanted: null, sending: 0, steppers: [] });
    const { words } = network.spec;
    this.layers = new Stepper(words.layers, [words.take_layer, words.add_layer], (by) => this.put(by < 0 ? this.now.slice(0, -1) : [...this.now, this.now.at(-1) ?? 4]));
    this.layers.root.prepend(element("span", "sw-word", words.layers));
    head.querySelector("h3").after(this.layers.root);
    this.node = element("div", "sw-growing");
    this.node.onkeydown = (event) => event.stopPropagation(); // the arrows belong to the picture below
    this.said = element("p", "sw-problem");
    this.said.role = "alert";
  }

  // What is to be, as soon as the run has begun anew, or what is.
  get now() {
    return this.wanted ?? this.network.shapes.slice(0, -1).map(([units]) => units);
  }

  // The run has been built anew, for the last press or for one before it.
  built() {
    if (!this.sending) this.wanted = null;
    this.show();
  }

  // Over the layers of a drawing; without columns there are only the layers to be counted.
  over({ columns = [] }) {
    const held = this.node.contains(document.activeElement) ? document.activeElement.ariaLabel : null;
    const { words } = this.network.spec;
    const hidden = columns.slice(1, -1);
    const apart = columns.length > 1 ? columns[1][0].x - columns[0][0].x : 0;
    this.steppers = apart < ALONE ? [] : hidden.map((_, layer) => {
      const names = [words.take_unit, words.add_unit].map((name) => fill(name, { layer: layer + 1 }));
      return new Stepper(fill(words.units, { layer: layer + 1 }), names, (by) => this.put(this.now.with(layer, this.now[layer] + by)));
    });
    this.steppers.forEach(({ root }, layer) => {
      root.style.left = `${hidden[layer][0].x}px`;
      root.classList.toggle("sw-tight", apart < TOGETHER);
    });
    this.node.replaceChildren(...this.steppers.map(({ root }) => root), this.said);
    this.show();
    if (held) [...this.node.querySelectorAll("button")].find(({ ariaLabel }) => ariaLabel === held)?.focus();
  }

  show() {
    if (!this.wanted && !this.network.shapes.length) return; // the network is not known yet: one layer more than none would take all others away
    const { now, bounds } = this;
    this.layers.show(now.length, 0, bounds.layers);
    this.steppers.forEach((stepper, layer) => stepper.show(now[layer] ?? 0, 1, bounds.units));
  }

  async put(sizes) {
    this.wanted = sizes;
    this.said.textContent = "";
    this.sending++;
    this.show();
    const { steering, labels } = this.network.context;
    const { error, text } = await steering.send({ command: "change", field: "hidden", value: sizes, lang: document.documentElement.lang });
    this.sending--;
    if (!error) return;
    this.said.textContent = text ?? labels[error === "unknown_run" ? "gone" : "unsent"];
    this.built();
  }
}

// A number between two buttons that make it less or more.
class Stepper {
  constructor(name, [less, more], step) {
    this.root = element("span", "sw-stepper");
    this.root.role = "group";
    this.root.ariaLabel = this.root.title = name;
    [this.less, this.count, this.more] = [button("−", less, () => step(-1)), element("span"), button("+", more, () => step(1))];
    this.less.disabled = this.more.disabled = true; // until there is something to count
    this.root.append(this.less, this.count, this.more);
  }

  show(count, least, most) {
    this.count.textContent = count;
    this.less.disabled = count <= least;
    this.more.disabled = count >= most;
  }
}

function button(sign, name, onclick) {
  return Object.assign(element("button", "sw-button", sign), { type: "button", ariaLabel: name, title: name, onclick });
}
