// Parallel coordinates: an axis for each searched field and one for the goal; a line through them is a trial. A stretch of an axis is
// brushed by dragging along it, or by the two handles at its ends, which also take the arrow keys.

import { element, fill, short } from "./format.js";
import { Canvas, inOrder, look, tick, ticks, use } from "./search_canvas.js";
import { line } from "./search_curves.js";

const [SIDE, TOP, BOTTOM] = [46, 26, 24]; // pixels
const REACH = 22; // pixels from an axis that a drag may begin
const STEP = 0.05; // of an axis, by an arrow key

export class Parallel {
  constructor(frame, words, { choose, brushed }) {
    Object.assign(this, { words, choose, brushed });
    frame.querySelector(".sw-head").append(this.slider(), element("span", "se-hint", words.brush_hint));
    this.canvas = new Canvas(frame, words.parallel);
    this.handles = new Map(); // field → [low, high]
    const { canvas } = this.canvas;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    canvas.addEventListener("pointerup", (event) => this.release(event));
    canvas.addEventListener("pointercancel", () => (this.held = null));
  }

  // How many of the best are looked at; at its right end all trials are.
  slider() {
    const label = element("label", "se-top");
    this.top = label.appendChild(Object.assign(element("input"), { type: "range", min: 1, max: 1, value: 1 }));
    this.topTold = label.appendChild(element("span"));
    this.top.addEventListener("input", () => {
      const count = Number(this.top.value);
      this.trials.top = count < Number(this.top.max) ? count : Infinity;
      this.brushed();
    });
    return label;
  }

  // The slider keeps its number while more trials come.
  best() {
    const { ranked, top } = this.trials;
    this.top.max = Math.max(1, ranked.length);
    this.top.value = Math.min(top, ranked.length);
    this.topTold.textContent = top < ranked.length ? fill(this.words.top, { count: top }) : this.words.top_all;
    this.top.setAttribute("aria-valuetext", this.topTold.textContent);
  }

  begin(trials, picture) {
    Object.assign(this, { trials, picture, held: null });
    for (const handles of this.handles.values()) for (const handle of handles) handle.remove();
    this.handles.clear();
  }

  get axes() {
    return this.trials.goalAxis ? [...this.trials.axes, this.trials.goalAxis] : [];
  }

  x(place) {
    return SIDE + ((this.canvas.width - 2 * SIDE) * place) / Math.max(1, this.axes.length - 1);
  }

  y(share) {
    return this.canvas.height - BOTTOM - (this.canvas.height - TOP - BOTTOM) * share;
  }

  share(y) {
    return Math.min(1, Math.max(0, (this.canvas.height - BOTTOM - y) / (this.canvas.height - TOP - BOTTOM)));
  }

  draw(theme) {
    const context = this.canvas.clear();
    if (!context || !this.trials) return;
    this.best();
    for (const trial of inOrder(this.trials)) this.trial(context, trial, theme);
    this.axes.forEach((axis, place) => this.axis(context, axis, place, theme));
  }

  trial(context, trial, theme) {
    const ends = this.axes.map(({ name }) => this.trials.place(name, trial));
    if (trial.state === "running" && !trial.rank) ends.pop();
    else if (!Number.isFinite(ends.at(-1))) ends[ends.length - 1] = -0.06; // the lane of what is no number
    use(context, look(trial, this.trials, theme));
    context.beginPath();
    ends.forEach((share, place) => context[place ? "lineTo" : "moveTo"](this.x(place), this.y(share)));
    context.stroke();
  }

  axis(context, axis, place, theme) {
    const x = this.x(place);
    use(context, { color: theme.text, width: 1.5, alpha: 1 });
    line(context, x, this.y(0), x, this.y(1));
    const brush = this.trials.brushes.get(axis.name);
    if (brush) {
      use(context, { color: theme.colors.good, width: 1, alpha: 0.3 });
      context.fillRect(x - 7, this.y(brush[1]), 14, Math.max(3, this.y(brush[0]) - this.y(brush[1])));
      context.globalAlpha = 1;
    }
    use(context, { color: theme.text, width: 1, alpha: 1 });
    context.font = `600 12px ${theme.font}`;
    context.textAlign = place === 0 ? "left" : place === this.axes.length - 1 ? "right" : "center";
    context.textBaseline = "top";
    const offset = place === 0 ? -SIDE + 4 : place === this.axes.length - 1 ? SIDE - 4 : 0;
    context.fillText(clipped(context, axis.label, (this.canvas.width - 8) / this.axes.length), x + offset, 2);
    context.font = `11px ${theme.font}`;
    context.textAlign = place === this.axes.length - 1 ? "left" : "right";
    context.textBaseline = "middle";
    for (const [share, text] of marks(axis)) this.mark(context, x, share, text, place === this.axes.length - 1, theme);
    this.grips(axis, x, brush ?? [0, 1]);
  }

  mark(context, x, share, text, last, theme) {
    const at = x + (last ? 6 : -6);
    const width = context.measureText(text).width;
    Object.assign(context, { fillStyle: theme.background, globalAlpha: 0.75 });
    context.fillRect(last ? at - 1 : at - width - 1, this.y(share) - 7, width + 2, 14);
    Object.assign(context, { fillStyle: theme.text, globalAlpha: 1 });
    context.fillText(text, at, this.y(share));
  }

  // The two handles of an axis.
  grips(axis, x, brush) {
    if (!this.handles.has(axis.name)) this.handles.set(axis.name, [0, 1].map((end) => this.grip(axis.name, end)));
    this.handles.get(axis.name).forEach((handle, end) => {
      handle.style.left = `${x}px`;
      handle.style.top = `${this.y(brush[end]) + (end ? -9 : 9)}px`;
      handle.setAttribute("aria-label", fill(this.words[end ? "brush_high" : "brush_low"], { field: axis.label }));
      handle.setAttribute("aria-valuenow", Math.round(100 * brush[end]));
      handle.setAttribute("aria-valuetext", short(axis.value(brush[end])));
    });
  }

  grip(name, end) {
    const handle = this.canvas.place.appendChild(element("div", "se-grip"));
    for (const [attribute, value] of Object.entries({ role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": 100 })) {
      handle.setAttribute(attribute, value);
    }
    const move = (share) => {
      const brush = [...(this.trials.brushes.get(name) ?? [0, 1])];
      brush[end] = end ? Math.max(brush[0], Math.min(1, share)) : Math.min(brush[1], Math.max(0, share));
      this.set(name, brush);
    };
    handle.addEventListener("keydown", (event) => {
      const by = { ArrowUp: STEP, ArrowRight: STEP, ArrowDown: -STEP, ArrowLeft: -STEP, PageUp: 4 * STEP, PageDown: -4 * STEP, Home: -1, End: 1 }[event.key];
      if (event.key === "Escape") this.set(name, [0, 1]);
      else if (by) move((this.trials.brushes.get(name) ?? [0, 1])[end] + by);
      else return;
      event.preventDefault();
    });
    handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
    handle.addEventListener("pointermove", (event) => handle.hasPointerCapture(event.pointerId) && move(this.share(this.canvas.at(event)[1])));
    return handle;
  }

  set(name, brush) {
    if (brush[0] <= 0 && brush[1] >= 1) this.trials.brushes.delete(name);
    else this.trials.brushes.set(name, brush);
    this.brushed();
  }

  press(event) {
    const [x, y] = this.canvas.at(event);
    const place = this.axes.findIndex((_, at) => Math.abs(this.x(at) - x) < REACH);
    if (place >= 0) {
      this.held = { name: this.axes[place].name, from: this.share(y), moved: false };
      this.canvas.canvas.setPointerCapture(event.pointerId);
    } else this.choose(this.near(x, y));
  }

  drag(event) {
    if (!this.held) return;
    const share = this.share(this.canvas.at(event)[1]);
    if (!this.held.moved && Math.abs(share - this.held.from) < 0.02) return;
    this.held.moved = true;
    this.set(this.held.name, [Math.min(share, this.held.from), Math.max(share, this.held.from)]);
  }

  // A press that did not move takes the brush of its axis away.
  release() {
    if (this.held && !this.held.moved) this.set(this.held.name, [0, 1]);
    this.held = null;
  }

  // The trial whose line is nearest between two axes.
  near(x, y) {
    const left = Math.max(0, Math.min(this.axes.length - 2, Math.floor(((x - SIDE) / (this.canvas.width - 2 * SIDE)) * (this.axes.length - 1))));
    const share = (x - this.x(left)) / (this.x(left + 1) - this.x(left));
    let [found, best] = [null, 12];
    for (const trial of this.trials.all.values()) {
      if (trial.state === "running" || !this.trials.within(trial)) continue;
      const [a, b] = [left, left + 1].map((at) => this.trials.place(this.axes[at].name, trial));
      const away = Math.abs(this.y(a + (b - a) * share) - y);
      if (away < best) [found, best] = [trial.number, away];
    }
    return found;
  }
}

// The numbers or choices at an axis, each with its place.
export function marks(axis) {
  if (axis.empty) return [];
  if (axis.choices.length) return axis.choices.map((choice) => [axis.place(choice), choice === "" ? "–" : choice]);
  const [low, high] = [axis.value(0), axis.value(1)].sort((a, b) => a - b);
  return ticks(low, high, axis.log).map((value) => [axis.place(value), tick(value)]);
}

function clipped(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let shorter = text;
  while (shorter.length > 2 && context.measureText(`${shorter}…`).width > width) shorter = shorter.slice(0, -1);
  return `${shorter}…`;
}
