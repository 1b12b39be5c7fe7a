// Demonstration: the run that all visitors share, in a card: its line among the points, and its loss. Whoever pauses it stops listening.

import { element, fill, fixed } from "./format.js";
import { set, svg } from "./picture.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";
import { readTheme } from "./theme.js";

const [WIDTH, HEIGHT, EDGE] = [320, 205, 10];
const TRAIL = [0, 15, 40, 90]; // epochs whose lines stay, faint
const mounted = new WeakMap(); // Streamlit's element → Demonstration

// Called at each rerun with Streamlit's component; `base` is the app's address, with a slash at its end.
export function mount({ parentElement, data }, base) {
  if (mounted.get(parentElement)?.run !== data.run) {
    unmount(parentElement);
    mounted.set(parentElement, new Demonstration(parentElement, data.run, `${base}runs/${encodeURIComponent(data.run)}/events`));
  }
  mounted.get(parentElement).update(data);
}

export function unmount(parentElement) {
  mounted.get(parentElement)?.pause();
  mounted.delete(parentElement);
}

class Demonstration {
  constructor(parent, run, url) {
    Object.assign(this, { run, url, store: new Store(), generation: null });
    this.root = element("div", "stepwise-demonstration");
    this.picture = this.root.appendChild(element("div"));
    [this.fit, this.curve] = [0, 1].map(() => this.picture.appendChild(element("figure")));
    this.button = this.root.appendChild(element("button"));
    Object.assign(this.button, { type: "button", onclick: () => (this.stream ? this.pause() : this.play()) });
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches; // then only the finished run is drawn
    this.axes();
    parent.querySelector(".stepwise-mount").replaceChildren(this.root);
  }

  axes() {
    const [fit, curve] = [this.fit, this.curve].map((figure) => svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}` }, figure));
    svg("path", { class: "stepwise-axes", d: `M${EDGE} ${EDGE} V${HEIGHT - EDGE} H${WIDTH - EDGE}` }, curve);
    this.errors = svg("path", { class: "stepwise-errors" }, fit);
    this.trail = TRAIL.map(() => svg("path", { class: "stepwise-trail" }, fit));
    this.line = svg("path", { class: "stepwise-line" }, fit);
    this.points = svg("g", { class: "stepwise-points" }, fit);
    this.losses = svg("polyline", { class: "stepwise-losses" }, curve);
    this.head = svg("circle", { class: "stepwise-head", r: 0 }, curve);
    for (const figure of [this.fit, this.curve]) figure.append(element("figcaption", "", "\u00a0"));
  }

  update({ palette, words }) {
    this.words = words;
    for (const [role, value] of Object.entries(readTheme(this.root, palette).colors)) this.root.style.setProperty(`--sw-${role}`, value);
    if (this.begun) this.say();
    else this.play();
    this.begun = true;
    this.draw();
  }

  play() {
    if (this.begun) this.still = false;
    this.stream = new Stream(this.url, { news: (message) => this.onNews(message), link: () => {} }, this);
    this.say();
  }

  pause() {
    this.stream?.close();
    this.stream = null;
    this.say();
  }

  // What the button does; a picture that waits for the run's end does not move, so it is offered to play.
  say() {
    const plays = this.stream && !this.still;
    this.button.dataset.does = plays ? "pause" : "play";
    this.button.textContent = this.words[this.button.dataset.does];
  }

  // What the stream is asked for.
  position() {
    return { generation: this.generation, since: this.store.lastStep, rows: this.store.length, views: this.facts ? [] : ["facts"], keep: 0 };
  }

  outdated() {
    return false;
  }

  onNews({ generation, status, views, rows }) {
    if (generation !== this.generation || rows?.after < 0) this.store.clear();
    this.generation = generation;
    this.last = status?.last ?? this.last;
    if (views?.facts) this.plot(views.facts);
    if (rows) this.store.append(rows.columns);
    this.draw();
    if (this.still && this.ended) this.pause();
  }

  get ended() {
    return this.store.lastStep >= this.last;
  }

  // The points, on axes that stay.
  plot(facts) {
    this.facts = facts;
    const scale = (values, from, to) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return (value) => from + ((value - low) / (high - low)) * (to - from);
    };
    const { x, y } = facts.points;
    this.across = scale(x, 3 * EDGE, WIDTH - 3 * EDGE);
    this.down = scale(y, HEIGHT - 2 * EDGE, 2 * EDGE);
    this.ends = [Math.min(...x), Math.max(...x)];
    this.points.replaceChildren(...x.map((value, place) => svg("circle", { cx: this.across(value), cy: this.down(y[place]), r: 5 })));
  }

  draw() {
    const { store } = this;
    if (!this.facts || !store.length || (this.still && !this.ended)) return;
    const { step, W, b, loss } = store.latest();
    const at = (slope, start) => (x) => `${this.across(x)} ${this.down(slope * x + start)}`;
    const line = (slope, start) => `M${this.ends.map(at(slope, start)).join(" L")}`;
    set(this.line, { d: line(W, b) });
    this.trail.forEach((path, place) => set(path, { d: TRAIL[place] < step ? line(store.columns.W[TRAIL[place]], store.columns.b[TRAIL[place]]) : "" }));
    const { x, y } = this.facts.points;
    set(this.errors, { d: x.map((value, place) => `M${this.across(value)} ${this.down(y[place])} L${at(W, b)(value)}`).join(" ") });
    this.drawLoss();
    const said = { step, last: this.last, loss: fixed(loss, 3), W: fixed(W, 2), b: fixed(b, 2) };
    this.fit.lastChild.textContent = `y = ${said.W} x + ${said.b}`;
    this.curve.lastChild.textContent = fill(this.words.loss, said);
    this.picture.role = "img"; // with its words: an image without any says nothing
    this.picture.ariaLabel = fill(this.words.alt, said);
    this.root.dataset.step = step;
  }

  // On a scale that ends where the loss began.
  drawLoss() {
    const { step, loss } = this.store.columns;
    const place = (row) => [EDGE + (step[row] / this.last) * (WIDTH - 3 * EDGE), HEIGHT - EDGE - (loss[row] / loss[0]) * (HEIGHT - 3 * EDGE)];
    set(this.losses, { points: step.map((_, row) => place(row)).join(" ") });
    const [cx, cy] = place(step.length - 1);
    set(this.head, { cx, cy, r: 5 });
  }
}
