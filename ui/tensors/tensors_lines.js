// Lines: the same regression against a target (N, 1) and against (N), step by step: one finds the points, the other lies flat.

import { element, fill, fixed } from "./format.js";
import { set, svg } from "./picture.js";

const [WIDTH, HEIGHT, EDGE] = [360, 190, 12];
const KINDS = ["right", "wrong"];

// Three decimals; what is smaller than those is 0.
function three(value) {
  return (Math.round(1000 * value) / 1000 + 0).toFixed(3);
}

export class WrongLine {
  constructor(frame, words) {
    Object.assign(this, { frame, words, at: 0 });
    frame.append(element("p", "tn-lines-about", words.lines_about));
    this.picture = frame.appendChild(element("div", "tn-plots"));
    this.plots = Object.fromEntries(KINDS.map((kind) => [kind, this.plot(kind)]));
    const row = frame.appendChild(element("div", "tn-choices"));
    this.button = row.appendChild(Object.assign(element("button", "sw-button"), { type: "button", onclick: () => (this.timer ? this.pause() : this.play()) }));
    this.slider = row.appendChild(Object.assign(element("input", "tn-steps"), { type: "range", min: 0, value: 0, oninput: () => this.go(Number(this.slider.value)) }));
    this.slider.setAttribute("aria-label", words.step);
    this.pause();
    frame.hidden = true;
  }

  plot(kind) {
    const figure = this.picture.appendChild(element("figure", "tn-plot"));
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, figure);
    const points = svg("g", { class: "tn-points" }, drawing);
    const line = svg("path", { class: `tn-line-${kind}` }, drawing);
    return { points, line, caption: figure.appendChild(element("figcaption")) };
  }

  show(found) {
    this.frame.hidden = !found;
    if (!found) {
      this.pause();
      return;
    }
    if (this.found) return;
    this.found = found;
    this.slider.max = found.right.loss.length - 1;
    const low = Math.min(...found.y);
    const high = Math.max(...found.y);
    this.across = (x) => EDGE + ((x + 1) / 2) * (WIDTH - 2 * EDGE);
    this.down = (y) => HEIGHT - EDGE - ((y - low) / (high - low)) * (HEIGHT - 2 * EDGE);
    for (const { points } of Object.values(this.plots)) found.x.forEach((x, place) => svg("circle", { cx: this.across(x), cy: this.down(found.y[place]), r: 4 }, points));
    this.go(0);
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.play();
    else this.go(found.right.loss.length - 1);
  }

  play() {
    if (this.at >= Number(this.slider.max)) this.at = 0;
    this.button.textContent = this.words.pause;
    this.timer = setInterval(() => {
      if (this.at >= Number(this.slider.max)) this.pause();
      else this.go(this.at + 1);
    }, 60);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.button.textContent = this.words.play;
  }

  close() {
    this.pause();
  }

  go(step) {
    this.at = step;
    this.slider.value = step;
    for (const kind of KINDS) {
      const { W, b, loss } = this.found[kind];
      const at = (x) => `${this.across(x)} ${this.down(W[step] * x + b[step])}`;
      set(this.plots[kind].line, { d: `M${at(-1)} L${at(1)}` });
      const values = { step, W: three(W[step]), b: three(b[step]), loss: fixed(loss[step], 4), count: this.found[`${kind}_residuals`] };
      this.plots[kind].caption.textContent = fill(this.words[`lines_${kind}`], values);
    }
    this.frame.dataset.step = step;
  }
}
