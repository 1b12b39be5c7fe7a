// A canvas that has the pixels of its place, and what the drawings of a search have in common.

import { element, short } from "./format.js";

export class Canvas {
  constructor(frame, label) {
    this.place = frame.appendChild(element("div", "se-canvas"));
    this.canvas = this.place.appendChild(element("canvas"));
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", label);
  }

  // The context, cleared, in CSS pixels; null where there is no room.
  clear() {
    const { clientWidth: width, clientHeight: height } = this.place;
    if (!width || !height) return null;
    const ratio = devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== across || this.canvas.height !== down) Object.assign(this.canvas, { width: across, height: down });
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    Object.assign(this, { width, height });
    return context;
  }

  // Where a pointer is, in the same pixels.
  at({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }
}

// How a trial's line is drawn.
export function look(trial, trials, theme) {
  const { colors } = theme;
  if (trial.number === trials.chosen) return { color: theme.text, width: 2.5, alpha: 1 };
  if (!trials.within(trial)) return { color: colors.reference, width: 1, alpha: 0.07 };
  if (trial === trials.standing[0]) return { color: colors.good, width: 3, alpha: 1 };
  if (trial.number === 0 && trials.picture.guess) return { color: colors.validation, width: 2, alpha: 1, dash: [6, 4] };
  if (trial.state === "pruned" || trial.state === "stopped") return { color: colors.reference, width: 1, alpha: 0.45 };
  if (trial.state === "failed") return { color: colors.bad, width: 1, alpha: 0.6 };
  return { color: colors.loss, width: 1, alpha: 0.35 + 0.4 / Math.sqrt(1 + trials.all.size / 30) };
}

export function use(context, { color, width, alpha, dash = [] }) {
  Object.assign(context, { strokeStyle: color, fillStyle: color, lineWidth: width, globalAlpha: alpha });
  context.setLineDash(dash);
}

// The number of the trial whose dot, at `place(trial)`, is nearest to a point and nearer than `reach`; null where there is none.
export function nearest(trials, place, [x, y], reach) {
  let [found, best] = [null, reach];
  for (const trial of trials) {
    const [across, down] = place(trial);
    const away = Math.hypot(across - x, down - y);
    if (away < best) [found, best] = [trial.number, away];
  }
  return found;
}

// Those in front are drawn last.
export function inOrder(trials) {
  const front = (trial) => (trial.number === trials.chosen ? 3 : trial === trials.standing[0] ? 2 : trial.number === 0 ? 1 : trials.within(trial) ? 0 : -1);
  return [...trials.all.values()].sort((a, b) => front(a) - front(b));
}

// A number at an axis.
export function tick(value) {
  const size = Math.abs(value);
  return size >= 1e5 || (size > 0 && size < 1e-3) ? value.toExponential(0).replace("e+", "e") : short(value);
}

// Round numbers between two ends: powers of ten (and their halves where there are few), or even steps.
export function ticks(low, high, log, count = 5) {
  if (!(high > low)) return [low];
  if (log) {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) found.push(10 ** power);
    const inside = found.filter((value) => value >= low && value <= high);
    return inside.length > 1 ? inside.filter((_, place) => place % Math.ceil(inside.length / count) === 0) : [low, high];
  }
  const rough = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough);
  const made = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-12; value += step) made.push(Number(value.toPrecision(12)));
  return made;
}
