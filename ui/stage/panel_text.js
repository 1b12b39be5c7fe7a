// Text: for each position the true next character, the predicted one below it, ✓ or ✗, the probability as shade.

import { element, fill } from "./format.js";
import { Slider, Windowed, placeOf, shade } from "./sequence.js";

const LARGE = 40; // up to so many positions are shown in large type

export function create(frame, spec, context) {
  return new TextPanel(frame, spec, context);
}

class TextPanel extends Windowed {
  constructor(frame, spec, context) {
    super(spec, context, "text");
    this.cells = [];
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const predicted = frame.querySelector(".sw-head").appendChild(element("p", "sw-predicted"));
    predicted.append(element("span", "", spec.words.predicted));
    this.predicted = predicted.appendChild(element("output", "", ""));
    this.predicted.dir = "auto";
    this.list = frame.appendChild(element("div", "sw-letters sw-fill sw-scrolls"));
    this.list.tabIndex = 0;
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", spec.title);
    this.list.onclick = (event) => this.choose(this.cells.indexOf(event.target.closest(".sw-letter")));
    this.list.onkeydown = (event) => this.key(event);
    this.slider = new Slider(frame, context, "offset", spec.words.window);
    frame.appendChild(element("p", "sw-about sw-line", spec.words.legend)).title = spec.words.legend;
    this.unseen = frame.appendChild(element("p", "sw-unseen"));
  }

  draw() {
    const { data } = this;
    const start = Math.min(placeOf(this.context, "offset"), Math.max(0, data.positions - data.room)) - data.offset;
    this.start = Math.max(0, start);
    const count = Math.min(data.room, data.true.length - this.start);
    if (this.cells.length !== count) this.make(count);
    for (let index = 0; index < count; index++) this.cell(this.cells[index], this.start + index);
    this.predicted.textContent = data.predicted_text.replaceAll("\n", "⏎");
    this.slider.show(data.positions - data.room);
  }

  make(count) {
    this.cells = Array.from({ length: count }, () => {
      const cell = element("div", "sw-letter");
      cell.append(element("bdi", "sw-true"), element("bdi", "sw-guess"), element("span", "sw-verdict"));
      return cell;
    });
    this.list.classList.toggle("sw-big", count <= LARGE);
    this.list.style.maxWidth = count <= LARGE ? `${4 * count}em` : "";
    this.list.replaceChildren(...this.cells);
  }

  cell(cell, at) {
    const { data, context, spec } = this;
    const [truth, guess, sign] = cell.children;
    const right = data.right[at];
    const probability = data.probability[at];
    if (guess.textContent !== data.predicted[at] && guess.textContent && !this.calm) {
      guess.animate([{ transform: "translateY(-0.5em)", opacity: 0.2 }, { transform: "none", opacity: 1 }], { duration: 160 });
    }
    truth.textContent = data.true[at];
    guess.textContent = data.predicted[at];
    sign.textContent = right ? "✓" : "✗";
    cell.dataset.right = right;
    cell.classList.toggle("sw-chosen", data.offset + at === Math.min(placeOf(context, "position"), data.positions - 1));
    cell.style.backgroundColor = shade(context.theme.colors.loss, 0.5 * (probability ?? 0));
    const values = { position: data.offset + at, true: data.true[at], predicted: data.predicted[at], given: data.given[at] };
    cell.title = fill(spec.words.cell, { ...values, probability: probability ?? NaN });
  }

  choose(index) {
    if (index >= 0) this.context.choose({ position: this.data.offset + this.start + index });
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !this.data) return;
    event.preventDefault();
    const position = Math.min(placeOf(this.context, "position"), this.data.positions - 1) + step;
    this.context.choose({ position: Math.max(0, Math.min(this.data.positions - 1, position)) });
  }

  alt() {
    if (!this.data) return;
    const shown = this.data.right.slice(this.start, this.start + this.cells.length);
    const values = { right: shown.filter(Boolean).length, shown: shown.length, true: this.data.true_text, predicted: this.data.predicted_text };
    const text = fill(this.spec.words.alt, values);
    if (this.unseen.textContent !== text) this.unseen.textContent = text;
  }
}
