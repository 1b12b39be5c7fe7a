// Curves: the goal's number of every trial by epoch, all on one axis. Cut ones end where they were cut; what is no number any more
// has a lane of its own above.

import { element, fill } from "./format.js";
import { Canvas, inOrder, look, tick, ticks, use } from "./search_canvas.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [50, 10, 18, 22]; // pixels round the curves; the lane of the diverged is in the top
const REACH = 14; // pixels from a curve that a pointer may be

export class Curves {
  constructor(frame, words, { choose }) {
    Object.assign(this, { words });
    this.canvas = new Canvas(frame, words.curves);
    this.told = frame.appendChild(element("p", "se-told"));
    this.canvas.canvas.addEventListener("pointermove", (event) => (this.canvas.canvas.style.cursor = this.near(event) === null ? "" : "pointer"));
    this.canvas.canvas.addEventListener("click", (event) => choose(this.near(event)));
  }

  begin(trials, picture) {
    Object.assign(this, { trials, picture });
  }

  draw(theme) {
    const context = this.canvas.clear();
    if (!context || !this.trials) return;
    const curves = inOrder(this.trials);
    this.scale(curves);
    this.axes(context, theme);
    const diverged = curves.filter(({ state }) => state === "failed");
    for (const trial of curves) this.curve(context, trial, theme);
    for (const trial of diverged) this.lane(context, trial, theme);
    use(context, { color: theme.text, width: 1, alpha: 1 });
    this.told.textContent = diverged.length ? fill(this.words.diverged, { count: diverged.length }) : "";
  }

  scale(curves) {
    const finite = curves.filter(({ state }) => state !== "failed");
    const values = (finite.length ? finite : curves).flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite).sort((a, b) => a - b);
    const [low, high] = values.length ? [values[0], values[Math.floor(0.95 * (values.length - 1))]] : [0.1, 1];
    this.log = !this.picture.greatest && low > 0 && high / low > 3;
    const scale = this.log ? Math.log : Number;
    const [from, to] = [scale(low), Math.max(scale(high), scale(low) + 1e-9)];
    const { first, epochs } = this.picture;
    const { width, height } = this.canvas;
    this.x = (step) => LEFT + ((width - LEFT - RIGHT) * (step - first)) / Math.max(1, epochs - first);
    this.y = (value) => Math.max(TOP, height - BOTTOM - ((height - TOP - BOTTOM) * (scale(value) - from)) / (to - from));
    Object.assign(this, { low, high, empty: !values.length });
  }

  axes(context, theme) {
    const { width, height } = this.canvas;
    context.font = `11px ${theme.font}`;
    context.setLineDash([]);
    Object.assign(context, { fillStyle: theme.text, strokeStyle: theme.border, globalAlpha: 1, lineWidth: 1 });
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const value of this.empty ? [] : ticks(this.low, this.high, this.log)) {
      const y = this.y(value);
      line(context, LEFT, y, width - RIGHT, y);
      context.fillText(tick(value), LEFT - 5, y);
    }
    context.textBaseline = "top";
    const { first, epochs } = this.picture;
    for (const step of ticks(first, epochs, false, Math.min(6, width / 90))) {
      context.textAlign = step > first + 0.97 * (epochs - first) ? "right" : "center";
      context.fillText(step, this.x(step), height - BOTTOM + 5);
    }
    for (const rung of this.picture.rungs) {
      context.setLineDash([3, 3]);
      line(context, this.x(rung), TOP, this.x(rung), height - BOTTOM);
    }
    context.setLineDash([]);
    context.textAlign = "left";
    context.fillText(this.words.curves_axis, LEFT - 45, height - BOTTOM + 5);
  }

  curve(context, trial, theme) {
    const points = trial.points.filter(([, value]) => Number.isFinite(value));
    if (!points.length) return;
    use(context, look(trial, this.trials, theme));
    context.beginPath();
    points.forEach(([step, value], place) => context[place ? "lineTo" : "moveTo"](this.x(step), this.y(value)));
    context.stroke();
    if (trial.state === "pruned") {
      const [step, value] = points.at(-1);
      dot(context, this.x(step), this.y(value), 2.5);
    }
  }

  lane(context, trial, theme) {
    use(context, { ...look(trial, this.trials, theme), width: 1.5 });
    const [x, y] = [this.x(trial.step), TOP / 2];
    line(context, x - 3, y - 3, x + 3, y + 3);
    line(context, x - 3, y + 3, x + 3, y - 3);
  }

  // The trial whose curve is at a pointer.
  near(event) {
    if (!this.trials || !this.x) return null;
    const [x, y] = this.canvas.at(event);
    let [found, best] = [null, REACH];
    for (const trial of this.trials.all.values()) {
      if (!this.trials.within(trial)) continue;
      for (const [step, value] of trial.points) {
        const away = Math.hypot(this.x(step) - x, Number.isFinite(value) ? this.y(value) - y : TOP / 2 - y);
        if (away < best) [found, best] = [trial.number, away];
      }
    }
    return found;
  }
}

export function line(context, fromX, fromY, toX, toY) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

export function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
