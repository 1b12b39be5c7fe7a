// Trials: what has been told of a search, in the order of its leaderboard, and which of it is brushed.

import { toNumber } from "./format.js";

export class Trials {
  constructor(picture) {
    this.picture = picture;
    this.begin();
  }

  begin() {
    this.all = new Map(); // number → trial
    this.ranked = [];
    this.standing = []; // the ranked ones, or as long as there are none those that run, as they stand
    this.brushes = new Map(); // field → [low, high] as shares of its axis
    this.top = Infinity; // so many of the best are looked at
    this.chosen = null;
    this.over = 0;
    this.axes = [];
  }

  // One message of the stream.
  take(news) {
    if (news.begins) {
      const { brushes, top } = this;
      this.begin();
      Object.assign(this, { brushes, top });
    }
    for (const told of news.trials) {
      const known = this.all.get(told.number) ?? { points: [] };
      const points = told.points.map(([step, value]) => [step, toNumber(value)]);
      this.all.set(told.number, { ...known, ...told, value: toNumber(told.value), held: toNumber(told.held), loss: toNumber(told.loss), points: [...known.points, ...points] });
    }
    this.axes = this.picture.fields.map((field) => axisOf(field, news.over[field.name], this.all));
  }

  // Ranks; those that were cut stand after the complete ones, those that came further before the others. A first wave may train for
  // long, and who leads is seen meanwhile.
  order() {
    const sign = this.picture.greatest ? -1 : 1;
    const trials = [...this.all.values()];
    this.over = trials.filter(({ state }) => state !== "running").length;
    this.ranked = trials
      .filter(({ state }) => state === "complete" || state === "pruned")
      .sort((a, b) => (a.state === "pruned") - (b.state === "pruned") || (a.state === "pruned" ? b.step - a.step : 0) || sign * (a.value - b.value) || a.number - b.number);
    this.standing = this.ranked.length ? this.ranked : running(trials).sort((a, b) => sign * (a.value - b.value) || a.number - b.number);
    for (const trial of trials) trial.rank = undefined;
    this.standing.forEach((trial, place) => (trial.rank = place + 1));
    this.goalAxis = goalAxis(this.picture, this.standing);
  }

  rankOf(number) {
    const trial = this.all.get(number);
    if (!trial || trial.state === "running") return null;
    return trial.rank ?? this.over;
  }

  get isBrushed() {
    return [...this.brushes.keys()].some((name) => name !== "goal");
  }

  // Whether a trial lies within all that is brushed, and is one of the best that are looked at.
  within(trial) {
    if (this.top < this.ranked.length && !(trial.rank <= this.top)) return false;
    for (const [name, [low, high]] of this.brushes) {
      const place = this.place(name, trial);
      if (!(place >= low - 1e-9 && place <= high + 1e-9)) return false;
    }
    return true;
  }

  // Where a trial stands on an axis, 0 to 1.
  place(name, trial) {
    if (name === "goal") return trial.state === "running" && !trial.rank ? NaN : this.goalAxis.place(trial.value);
    return this.axes.find((axis) => axis.name === name).place(trial.values[name]);
  }

  // What is brushed, as values: the two ends of a range, or choices.
  brushedRanges() {
    const found = {};
    for (const one of this.axes) {
      const brush = this.brushes.get(one.name);
      if (brush) found[one.name] = one.choices.length ? one.choices.filter((choice) => one.place(choice) >= brush[0] && one.place(choice) <= brush[1]) : brush.map(one.value);
    }
    return found;
  }
}

// Those that run and have a number, which is that of their last point.
function running(trials) {
  const found = trials.filter(({ state, points }) => state === "running" && Number.isFinite(points.at(-1)?.[1]));
  for (const trial of found) trial.value = trial.points.at(-1)[1];
  return found;
}

// An axis that holds the present range and all that was tried before it was narrowed.
function axisOf({ name, label }, range, trials) {
  const { log, choices } = range;
  if (choices.length) {
    const all = [...new Set([...trials.values()].map(({ values }) => values[name]).concat(choices))].sort(compared);
    const last = Math.max(1, all.length - 1);
    return { name, label, choices: all, place: (value) => all.indexOf(value) / last, value: (place) => all[Math.round(place * last)] };
  }
  const tried = [...trials.values()].map(({ values }) => values[name]);
  const [from, to] = [Math.min(range.low, ...tried), Math.max(range.high, ...tried)].map(log ? Math.log : Number);
  const back = log ? Math.exp : Number;
  const width = to - from || 1;
  return { name, label, log, choices: [], place: (value) => ((log ? Math.log(value) : value) - from) / width, value: (place) => back(from + place * width) };
}

function compared(a, b) {
  return Number.isFinite(Number(a)) && Number.isFinite(Number(b)) ? a - b : a < b ? -1 : a > b ? 1 : 0;
}

// The axis of the goal: better is higher; logarithmic where all numbers are above 0.
function goalAxis({ goal, greatest }, ranked) {
  const values = ranked.map(({ value }) => value).filter(Number.isFinite);
  const log = !greatest && values.length > 0 && Math.min(...values) > 0;
  const scale = log ? Math.log : Number;
  const [from, to] = values.length ? [Math.min(...values), Math.max(...values)].map(scale) : [0, 1];
  const width = to - from || 1;
  const place = (value) => (Number.isFinite(value) ? (greatest ? (scale(value) - from) / width : 1 - (scale(value) - from) / width) : NaN);
  const value = (at) => (log ? Math.exp : Number)(from + (greatest ? at : 1 - at) * width);
  return { name: "goal", label: goal, log, choices: [], empty: !values.length, place, value };
}
