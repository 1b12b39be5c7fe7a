// What the panels of a sequence share: their style, the window that moves over a long text, canvases and their colours.

import { element } from "./format.js";
import { pen } from "./picture.js";
import { styles } from "./styles.js";

const MOVED = 150; // ms after the last movement of a slider until the server is asked

await styles("sequence.css");

// What is chosen; before anybody has chosen, a position with some past behind it.
export function placeOf({ chosen }, name) {
  return chosen[name] ?? (name === "position" ? 11 : 0);
}

// A slider bound to something that is chosen on the whole page (`offset`, `position`); hidden while there is one place only.
export class Slider {
  constructor(parent, context, name, label) {
    Object.assign(this, { context, name });
    this.box = parent.appendChild(element("label", "sw-place"));
    this.box.append(element("span", "", label));
    this.input = this.box.appendChild(Object.assign(document.createElement("input"), { type: "range", min: 0, max: 0, step: 1 }));
    this.output = this.box.appendChild(element("output", "", "0"));
    this.box.hidden = true;
    this.input.oninput = () => {
      this.output.textContent = this.input.value;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => context.choose({ [name]: Number(this.input.value) }), MOVED);
    };
  }

  // `last`: the last place there is.
  show(last) {
    this.box.hidden = last < 1;
    this.input.max = Math.max(0, last);
    if (document.activeElement === this.input) return;
    const value = String(Math.min(last, placeOf(this.context, this.name)));
    if (this.input.value !== value) this.input.value = value;
    this.output.textContent = value;
  }
}

// A panel that shows one view, at a place that is chosen on the whole page: the window (`offset`) or a `position`.
export class Windowed {
  constructor(spec, context, view, at = "offset") {
    Object.assign(this, { spec, context, view, at });
  }

  get name() {
    return `${this.view}:${placeOf(this.context, this.at)}`;
  }

  get wanted() {
    return [this.name];
  }

  views(views) {
    if (!(this.name in views)) return;
    this.data = views[this.name];
    this.context.draw(() => this.draw());
  }

  chosen() {
    if (this.data) this.context.draw(() => this.draw());
  }
}

// A canvas of crisp pixels; paint(pen) is given CSS pixels.
export class Sheet {
  constructor(parent, className = "sw-sheet") {
    this.node = parent.appendChild(element("canvas", className));
  }

  draw(width, height, paint) {
    paint(pen(this.node, width, height));
  }
}

// Numbers of both signs: one colour above zero, another below, both from the background.
export function signed(theme, value, largest = 1) {
  if (!Number.isFinite(value)) return theme.colors.bad;
  const strength = Math.min(1, Math.abs(value) / (largest || 1));
  return shade(value < 0 ? theme.colors.loss : theme.colors.validation, strength);
}

// Shares from 0 to 1.
export function share(theme, value) {
  return Number.isFinite(value) ? shade(theme.colors.loss, value) : theme.colors.bad;
}

// A colour over the background, as strong as `strength` from 0 to 1.
export function shade(color, strength) {
  const red = parseInt(color.slice(1, 3), 16);
  const green = parseInt(color.slice(3, 5), 16);
  const blue = parseInt(color.slice(5, 7), 16);
  return `rgba(${red},${green},${blue},${(0.06 + 0.94 * strength).toFixed(3)})`;
}

export function type(context, size) {
  return `${context.projector ? size * 1.35 : size}px ${context.theme.font}`;
}
