// Map: two searched fields, and what came of each trial where it was tried. The ground belongs to the trial that is nearest, so it is
// coarse where little was tried and fills in while the search goes on; of trials at one place, which differ in other fields, to the best.

import { element } from "./format.js";
import { Canvas, inOrder, look, nearest, use } from "./search_canvas.js";
import { dot } from "./search_curves.js";
import { marks } from "./search_parallel.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [52, 14, 10, 22]; // pixels round the ground
const [ACROSS, DOWN] = [56, 36]; // its cells
const REACH = 10; // pixels from a trial that a press may be

export class FieldMap {
  constructor(frame, words, { choose, changed }) {
    this.frame = frame;
    const head = frame.querySelector(".sw-head");
    this.choices = [words.map_across, words.map_up].map((label) => {
      const choice = head.appendChild(element("select", "sw-select"));
      choice.setAttribute("aria-label", label);
      choice.addEventListener("change", () => this.take(choice, changed));
      return choice;
    });
    head.append(element("span", "se-hint", words.map_hint));
    this.canvas = new Canvas(frame, words.map);
    this.canvas.canvas.addEventListener("click", (event) => choose(this.near(event)));
  }

  begin(trials, picture) {
    Object.assign(this, { trials, picture, laid: "" });
    const fields = picture.fields ?? [];
    this.frame.hidden = fields.length < 2;
    this.choices.forEach((choice, place) => {
      choice.replaceChildren(...fields.map(({ name, label }) => Object.assign(element("option", "", label), { value: name })));
      choice.selectedIndex = Math.min(place, fields.length - 1);
    });
  }

  // The same field twice would be a line: then the other one takes the place that was left.
  take(choice, changed) {
    const other = this.choices.find((one) => one !== choice);
    if (other.value === choice.value) other.value = this.shown[this.choices.indexOf(choice)];
    changed();
  }

  draw(theme) {
    if (this.frame.hidden) return;
    const context = this.canvas.clear();
    if (!context) return;
    this.shown = this.choices.map(({ value }) => value);
    const { width, height } = this.canvas;
    this.x = (share) => LEFT + (width - LEFT - RIGHT) * share;
    this.y = (share) => height - BOTTOM - (height - TOP - BOTTOM) * share;
    this.lay();
    this.colour(context, theme);
    for (const trial of inOrder(this.trials)) this.trial(context, trial, theme);
    this.axes(context, theme);
  }

  at(trial) {
    return this.shown.map((name) => this.trials.place(name, trial));
  }

  dot(trial) {
    const [across, up] = this.at(trial);
    return [this.x(across), this.y(up)];
  }

  // To whom each cell belongs; the best come first, so they keep what others are as near to.
  lay() {
    const over = [...this.trials.standing, ...[...this.trials.all.values()].filter(({ state }) => state === "failed")];
    const laid = JSON.stringify([this.shown, over.length, this.trials.standing[0]?.number, this.trials.axes.map((axis) => axis.value(1))]);
    if (laid === this.laid) return;
    this.laid = laid;
    const places = over.map((trial) => this.at(trial));
    this.cells = Array.from({ length: over.length ? ACROSS * DOWN : 0 }, (_, cell) => {
      const [x, y] = [((cell % ACROSS) + 0.5) / ACROSS, (Math.floor(cell / ACROSS) + 0.5) / DOWN];
      let [owner, least] = [0, Infinity];
      for (let place = 0; place < places.length; place++) {
        const away = (places[place][0] - x) ** 2 + (places[place][1] - y) ** 2;
        if (away < least) [owner, least] = [place, away];
      }
      return over[owner];
    });
  }

  // The better, the darker.
  colour(context, theme) {
    context.setLineDash([]);
    this.cells.forEach((trial, cell) => {
      const good = this.trials.place("goal", trial);
      const [left, right] = [0, 1].map((end) => Math.round(this.x(((cell % ACROSS) + end) / ACROSS)));
      const [low, high] = [0, 1].map((end) => Math.round(this.y((Math.floor(cell / ACROSS) + end) / DOWN)));
      const finite = Number.isFinite(good);
      Object.assign(context, { fillStyle: finite ? theme.colors.good : theme.colors.bad, globalAlpha: finite ? 0.04 + 0.66 * good ** 2 : 0.12 });
      context.fillRect(left, high, right - left, low - high);
    });
    context.globalAlpha = 1;
  }

  trial(context, trial, theme) {
    const style = look(trial, this.trials, theme);
    use(context, { ...style, alpha: Math.max(style.alpha, 0.15), dash: [] });
    dot(context, ...this.dot(trial), trial.number === this.trials.chosen || trial === this.trials.standing[0] ? 5 : 2.5);
  }

  axes(context, theme) {
    const [across, up] = this.shown.map((name) => this.trials.axes.find((axis) => axis.name === name));
    use(context, { color: theme.text, width: 1, alpha: 1 });
    context.font = `11px ${theme.font}`;
    Object.assign(context, { textAlign: "right", textBaseline: "middle" });
    for (const [share, text] of marks(up)) context.fillText(text, LEFT - 5, this.y(share));
    context.textBaseline = "top";
    for (const [share, text] of marks(across)) {
      context.textAlign = share > 0.95 ? "right" : share < 0.05 ? "left" : "center";
      context.fillText(text, this.x(share), this.canvas.height - BOTTOM + 5);
    }
  }

  near(event) {
    if (!this.x) return null;
    return nearest(this.trials.all.values(), (trial) => this.dot(trial), this.canvas.at(event), REACH);
  }
}
