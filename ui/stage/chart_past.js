// Earlier runs of the page: faint curves, and on one of the charts a chip for each that says what differed, hides its curves,
// brings its settings back, or takes it away.

import { element, setting } from "./format.js";
import { color } from "./theme.js";

const DASHES = ["dot", "dash", "dashdot", "longdash", "longdashdot"];
const STROKES = ["2 3", "6 4", "7 3 2 3", "10 4", "11 3 2 3"]; // the same, for the chips
const SHADES = ["reference", "W", "b", "gradient", "validation"];
const MOST_VALUES = 4; // of one setting, that a chip names
const TALLEST = 1.3; // an earlier curve is drawn up to this many times the present one's height: one that diverged hides none

export function pastTraces([x, y], { theme, allViews, projector, store, memory }, legend) {
  const present = (store.columns[y] ?? []).filter(Number.isFinite);
  const top = present.length && !memory.log ? TALLEST * present.reduce((a, b) => Math.max(a, b)) : Infinity;
  return (allViews.past ?? []).map((past, index) => ({
    type: "scatter",
    mode: "lines",
    name: legend.text(past),
    x: past.columns[x] ?? [],
    y: (past.columns[y] ?? []).map((value) => (value > top ? null : value)),
    visible: !legend.hidden.has(identity(past)),
    opacity: 0.55,
    showlegend: false,
    line: { color: color(theme, SHADES[index % SHADES.length]), dash: DASHES[index % DASHES.length], width: projector ? 2.4 : 1.5 },
  }));
}

export class PastRuns {
  constructor(frame, context, listed) {
    this.context = context;
    this.hidden = context.hiddenPast;
    if (!listed) return;
    this.list = frame.appendChild(element("ul", "sw-past"));
    this.list.setAttribute("aria-label", context.labels.past);
    this.show(context.allViews.past ?? []);
  }

  // Anew when one has come or gone; the focus stays at the place where it was, on what has moved up there.
  show(past) {
    if (!this.list) return;
    const [place, button] = this.focused();
    this.list.replaceChildren(...past.map((one, index) => this.chip(one, index)));
    this.list.classList.toggle("sw-empty", !past.length);
    if (place < 0) return;
    const chip = this.list.children[Math.min(place, past.length - 1)];
    (chip?.children[button] ?? this.list.parentNode.querySelector(".sw-plot")).focus();
  }

  // The chip, and of its buttons the one, that has the focus; -1 where none has.
  focused() {
    const held = document.activeElement;
    const chip = this.list.contains(held) ? held.closest(".sw-chip") : null;
    return chip ? [[...this.list.children].indexOf(chip), [...chip.children].indexOf(held)] : [-1, -1];
  }

  text({ label }) {
    const { labels } = this.context;
    return Object.entries(label).map(([name, value]) => setting(name, shortened(value), labels)).join(", ") || labels.same_settings;
  }

  // Its name hides and shows its curves; also with Delete it is taken away.
  chip(past, index) {
    const { context } = this;
    const { labels, theme, trigger, steered } = context;
    const text = this.text(past);
    const item = element("li", "sw-chip");
    const button = (sign, press) => item.appendChild(Object.assign(element("button", "sw-button", sign), { type: "button", onclick: press }));
    const toggle = button("", () => {
      if (!this.hidden.delete(identity(past))) this.hidden.add(identity(past));
      show();
      context.pastChanged();
    });
    const show = () => (toggle.ariaPressed = String(!this.hidden.has(identity(past))));
    toggle.append(swatch(color(theme, SHADES[index % SHADES.length]), STROKES[index % STROKES.length]), element("span", "", text));
    show();
    if (!steered) return item;
    const forget = () => trigger("forget", past.index);
    for (const [sign, name, press] of [["↺", "restore", () => trigger("restore", past.index)], ["×", "forget", forget]]) {
      const made = button(sign, press);
      made.title = made.ariaLabel = labels[name].replace("{label}", text);
    }
    item.onkeydown = ({ key }) => ["Delete", "Backspace"].includes(key) && forget();
    return item;
  }
}

// Of the many values of a drag the first and the last.
function shortened(value) {
  return Array.isArray(value) && value.length > MOST_VALUES ? [value[0], "…", value.at(-1)] : value;
}

// The same run keeps its identity while others move up in the list.
function identity({ columns }) {
  return JSON.stringify(Object.values(columns).map((column) => [column.length, column[0], column[column.length - 1]]));
}

function swatch(stroke, dashes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  made.setAttribute("class", "sw-swatch");
  made.setAttribute("viewBox", "0 0 24 4");
  made.setAttribute("aria-hidden", "true");
  const line = made.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "line"));
  const shape = { x1: 0, x2: 24, y1: 2, y2: 2, stroke, "stroke-width": 2.5, "stroke-dasharray": dashes };
  for (const [name, value] of Object.entries(shape)) line.setAttribute(name, value);
  return made;
}
