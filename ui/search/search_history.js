// What came of the trials in their order, the best of them so far; and beside it what mattered, and where was cut.

import { element, fill } from "./format.js";
import { Canvas, look, nearest, tick, ticks, use } from "./search_canvas.js";
import { dot, line } from "./search_curves.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [50, 10, 10, 22];
const REACH = 10; // pixels from a trial that a press may be

export class BestSoFar {
  constructor(frame, words, { choose }) {
    this.words = words;
    this.canvas = new Canvas(frame, words.history);
    this.canvas.canvas.addEventListener("click", (event) => choose(this.near(event)));
  }

  begin(trials, picture) {
    Object.assign(this, { trials, picture });
  }

  draw(theme, told) {
    const context = this.canvas.clear();
    if (!context) return;
    const { trials } = this;
    const axis = trials.goalAxis;
    const { width, height } = this.canvas;
    const last = Math.max(1, told.budget - 1);
    this.x = (number) => LEFT + ((width - LEFT - RIGHT) * number) / last;
    this.y = (value) => TOP + (height - TOP - BOTTOM) * (1 - axis.place(value));
    context.font = `11px ${theme.font}`;
    Object.assign(context, { strokeStyle: theme.border, fillStyle: theme.text, lineWidth: 1, globalAlpha: 1, textBaseline: "middle", textAlign: "right" });
    context.setLineDash([]);
    if (trials.ranked.length) {
      for (const value of ticks(...[axis.value(0), axis.value(1)].sort((a, b) => a - b), axis.log)) {
        line(context, LEFT, this.y(value), width - RIGHT, this.y(value));
        context.fillText(tick(value), LEFT - 5, this.y(value));
      }
    }
    context.textBaseline = "top";
    for (const number of ticks(0, last, false, Math.min(5, width / 90)).filter(Number.isInteger)) {
      context.textAlign = number > 0.95 * last ? "right" : "center";
      context.fillText(number, this.x(number), height - BOTTOM + 5);
    }
    context.textAlign = "left";
    context.fillText(this.words.history_axis, 4, height - BOTTOM + 5);
    for (const trial of trials.ranked) {
      const style = look(trial, trials, theme);
      use(context, { ...style, alpha: Math.max(style.alpha, 0.15), dash: [] });
      dot(context, this.x(trial.number), this.y(trial.value), trial.number === trials.chosen ? 5 : 3);
    }
    this.steps(context, theme);
  }

  // The best of the complete trials until then, as stairs.
  steps(context, theme) {
    const better = (a, b) => (this.picture.greatest ? a > b : a < b);
    let best = null;
    use(context, { color: theme.colors.good, width: 2, alpha: 1 });
    context.beginPath();
    for (const { number, value } of this.trials.ranked.filter(({ state }) => state === "complete").sort((a, b) => a.number - b.number)) {
      if (best === null) context.moveTo(this.x(number), this.y(value));
      else if (better(value, best)) context.lineTo(this.x(number), this.y(best));
      best = best === null || better(value, best) ? value : best;
      context.lineTo(this.x(number), this.y(best));
    }
    context.stroke();
  }

  near(event) {
    if (!this.x) return null;
    return nearest(this.trials.ranked, ({ number, value }) => [this.x(number), this.y(value)], this.canvas.at(event), REACH);
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
    if (!rungs.length) return;
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
