// What came of the trials in their order, the best of them so far, that of random search beside it; what mattered, and where was cut.

import { element, fill, short, toNumber } from "./format.js";
import { Canvas, look, nearest, tick, ticks, use } from "./search_canvas.js";
import { dot, line } from "./search_curves.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [50, 10, 10, 22];
const REACH = 10; // pixels from a trial that a press may be

export class BestSoFar {
  constructor(frame, words, { choose }) {
    this.words = words;
    this.canvas = new Canvas(frame, words.history);
    this.compared = frame.appendChild(element("p", "se-told"));
    this.canvas.canvas.addEventListener("click", (event) => choose(this.near(event)));
  }

  begin(trials, picture) {
    Object.assign(this, { trials, picture });
    this.compared.textContent = "";
  }

  draw(theme, told) {
    const context = this.canvas.clear();
    if (!context) return;
    this.measure(told);
    this.axes(context, theme);
    for (const trial of this.trials.ranked) {
      const style = look(trial, this.trials, theme);
      use(context, { ...style, alpha: Math.max(style.alpha, 0.15), dash: [] });
      dot(context, this.x(this.at.get(trial.number)), this.y(trial.value), trial.number === this.trials.chosen ? 5 : 3);
    }
    const stairs = this.stairs();
    this.steps(context, stairs, { color: theme.colors.good, width: 2, alpha: 1 });
    if (!told.beside) return;
    const random = told.random.map(([spent, value]) => [spent, toNumber(value)]);
    this.steps(context, random, { color: theme.colors.validation, width: 2, alpha: 1, dash: [6, 4] });
    const { beside_here, beside_random, beside_begins } = this.words;
    const said = [[stairs, beside_here], [random, beside_random]].filter(([found]) => found.length);
    const texts = said.map(([found, text]) => fill(text, { spent: this.spent(found), value: short(found.at(-1)[1]) }));
    this.compared.textContent = [...texts, ...(random.length ? [] : [beside_begins])].join(" · ");
  }

  // Trials stand in their order; beside random search, at the epochs that were spent when they ended, as if one after another.
  measure(told) {
    const { width, height } = this.canvas;
    const axis = this.trials.goalAxis;
    const { seeds } = this.picture;
    let spent = 0;
    this.at = new Map();
    for (const { number, step } of [...this.trials.all.values()].sort((a, b) => a.number - b.number)) {
      this.at.set(number, told.beside ? (spent += Math.max(0, step) * seeds) : number);
    }
    this.whole = told.beside ? spent : null;
    const last = told.beside ? Math.max(1, spent, told.random.at(-1)?.[0] ?? 0) : Math.max(1, told.budget - 1);
    this.last = last;
    this.x = (at) => LEFT + ((width - LEFT - RIGHT) * at) / last;
    this.y = (value) => Math.min(height - BOTTOM, Math.max(TOP, TOP + (height - TOP - BOTTOM) * (1 - axis.place(value))));
  }

  axes(context, theme) {
    const { width, height } = this.canvas;
    const { goalAxis: axis, ranked } = this.trials;
    const { last } = this;
    context.font = `11px ${theme.font}`;
    Object.assign(context, { strokeStyle: theme.border, fillStyle: theme.text, lineWidth: 1, globalAlpha: 1, textBaseline: "middle", textAlign: "right" });
    context.setLineDash([]);
    if (ranked.length) {
      for (const value of ticks(...[axis.value(0), axis.value(1)].sort((a, b) => a - b), axis.log)) {
        line(context, LEFT, this.y(value), width - RIGHT, this.y(value));
        context.fillText(tick(value), LEFT - 5, this.y(value));
      }
    }
    const named = this.whole === null ? this.words.history_axis : this.words.spent_axis;
    const free = 4 + context.measureText(named).width + 8; // of the axis's own name
    context.textBaseline = "top";
    for (const number of ticks(0, last, false, Math.min(5, width / 90)).filter(Number.isInteger)) {
      if (this.x(number) < free) continue;
      context.textAlign = number > 0.95 * last ? "right" : "center";
      context.fillText(number, this.x(number), height - BOTTOM + 5);
    }
    context.textAlign = "left";
    context.fillText(named, 4, height - BOTTOM + 5);
  }

  // The best of the complete trials until then: [where, value], each better than the one before.
  stairs() {
    const better = (a, b) => (this.picture.greatest ? a > b : a < b);
    const found = [];
    for (const { number, value } of this.trials.ranked.filter(({ state }) => state === "complete").sort((a, b) => a.number - b.number)) {
      if (!found.length || better(value, found.at(-1)[1])) found.push([this.at.get(number), value]);
    }
    const end = Math.max(...this.trials.ranked.filter(({ state }) => state === "complete").map(({ number }) => this.at.get(number)), this.whole ?? 0);
    return found.length ? [...found, [end, found.at(-1)[1]]] : found;
  }

  spent(stairs) {
    return stairs.at(-1)[0].toLocaleString(document.documentElement.lang || "en");
  }

  steps(context, stairs, style) {
    use(context, style);
    context.beginPath();
    stairs.forEach(([at, value], place) => {
      if (place) context.lineTo(this.x(at), this.y(stairs[place - 1][1]));
      context[place ? "lineTo" : "moveTo"](this.x(at), this.y(value));
    });
    context.stroke();
    context.setLineDash([]);
  }

  near(event) {
    if (!this.x) return null;
    return nearest(this.trials.ranked, ({ number, value }) => [this.x(this.at.get(number)), this.y(value)], this.canvas.at(event), REACH);
  }
}

export class Matters {
  constructor(frame, words) {
    this.words = words;
    this.list = frame.appendChild(element("div", "se-matters"));
    this.cut = frame.appendChild(element("div", "se-cut"));
  }

  begin(trials, picture) {
    Object.assign(this, { trials, picture, shown: "" });
    this.list.replaceChildren();
    this.cut.replaceChildren();
  }

  draw(theme, told) {
    const rungs = this.picture.rungs.map((step) => this.rung(step));
    const shown = JSON.stringify([told.importances, rungs, told.saved]);
    if (shown === this.shown) return;
    this.shown = shown;
    const found = Object.entries(told.importances).sort((a, b) => b[1] - a[1]);
    this.list.replaceChildren(...(found.length ? found.map(([name, share]) => this.bar(name, share)) : [element("p", "se-told", this.words.importances_none)]));
    if (!rungs.length || !this.picture.search) return;
    const all = this.trials.all.size * this.picture.epochs * this.picture.seeds;
    const lines = [...rungs.map((rung) => fill(this.words.rung, rung)), fill(this.words.saved, { saved: told.saved, all })];
    this.cut.replaceChildren(element("h4", "", this.words.rungs), ...lines.map((text) => element("p", "", text)));
  }

  rung(step) {
    const trials = [...this.trials.all.values()];
    const went = trials.filter((trial) => trial.step > step).length;
    const ended = trials.filter((trial) => trial.state === "pruned" && trial.step === step).length;
    return { step, came: went + ended, went };
  }

  bar(name, share) {
    const row = element("div", "se-bar-row");
    const label = this.picture.fields.find((field) => field.name === name)?.label ?? name;
    row.append(element("span", "se-bar-name", label), element("span", "se-bar-room"), element("span", "se-bar-share", `${Math.round(100 * share)} %`));
    row.children[1].appendChild(element("span", "se-bar-fill")).style.width = `${100 * share}%`;
    return row;
  }
}
