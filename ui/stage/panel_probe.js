// Probe: sliders for an input of one's own, and what the network makes of it by its weights of this moment.

import { element, fixed } from "./format.js";
import { sign } from "./picture.js";

const PACE = 120; // ms between two questions while a slider is dragged

export function create(frame, spec, context) {
  return new Probe(frame, spec, context);
}

class Probe {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, wanted: ["facts"], asked: 0 });
    this.values = context.memory.values ??= {};
    const body = frame.appendChild(element("div", "sw-probing sw-fill sw-scrolls"));
    this.sliders = body.appendChild(element("div", "sw-sliders"));
    this.bars = body.appendChild(element("div", "sw-probe-bars"));
    this.spoken = frame.appendChild(element("p", "sw-unseen"));
    this.spoken.setAttribute("aria-live", "polite");
  }

  views(views) {
    if ("facts" in views) this.offer(views.facts);
    const view = views[this.wanted[1]];
    if (view) this.context.draw(() => this.draw(view.probabilities));
  }

  // A slider for each feature that the network is given, from the least to the greatest that was measured.
  offer({ measured, features, classes }) {
    this.order = Object.keys(measured);
    this.digits = Object.fromEntries(Object.entries(measured).map(([feature, all]) => [feature, Math.max(0, places(all))]));
    const made = JSON.stringify([features, classes]);
    if (made === this.made) return this.ask();
    this.made = made;
    for (const [feature, all] of Object.entries(measured)) {
      this.values[feature] ??= Number((all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(this.digits[feature]));
    }
    this.sliders.replaceChildren(...features.map((feature) => this.slider(feature, measured[feature])));
    this.chances = classes.map((one, kind) => this.chance(one, kind));
    this.bars.replaceChildren(...this.chances.map(({ row }) => row));
    this.ask();
  }

  slider(feature, all) {
    const row = element("label", "sw-feature");
    row.append(element("span", "", this.spec.names[feature] ?? feature));
    const range = { type: "range", min: Math.min(...all), max: Math.max(...all), step: 10 ** -places(all), value: this.values[feature] };
    const input = row.appendChild(Object.assign(element("input"), range));
    input.dataset.feature = feature;
    const number = row.appendChild(element("output", "", this.number(feature)));
    input.oninput = () => {
      this.values[feature] = Number(input.value);
      number.textContent = this.number(feature);
      this.asking ??= setTimeout(() => this.ask(), Math.max(0, this.asked + PACE - performance.now()));
    };
    input.onchange = () => (this.saying = true);
    return row;
  }

  number(feature) {
    return this.spec.unit.replace("{value}", fixed(this.values[feature], this.digits[feature]));
  }

  chance(name, kind) {
    const row = element("div", "sw-chance");
    const shade = this.context.theme.classes[kind];
    row.append(sign(kind, shade), element("span", "", this.spec.names[name] ?? name));
    const track = row.appendChild(element("span", "sw-track"));
    const bar = track.appendChild(element("span"));
    bar.style.background = shade;
    const number = row.appendChild(element("strong", "", "–"));
    number.dataset.class = name;
    return { row, bar, number, name };
  }

  ask() {
    this.asking = undefined;
    this.asked = performance.now();
    this.wanted = ["facts", `${this.spec.view}:${this.order.map((feature) => this.values[feature]).join(",")}`];
    this.context.retarget(0);
  }

  draw(probabilities) {
    this.chances.forEach(({ bar, number }, kind) => {
      const share = probabilities[kind];
      number.textContent = share === null ? "NaN" : `${(100 * share).toFixed(1)} %`;
      bar.style.width = `${100 * (share ?? 0)}%`;
    });
    if (this.saying) this.spoken.textContent = this.chances.map(({ name, number }) => `${this.spec.names[name] ?? name} ${number.textContent}`).join(", ");
    this.saying = false;
  }

  destroy() {
    clearTimeout(this.asking);
  }
}

// Decimal places in which a slider has between some 20 and 200 stops from the least to the greatest of these numbers.
function places(all) {
  const range = Math.max(...all) - Math.min(...all);
  return range > 0 ? Math.min(9, Math.max(-9, Math.ceil(1.35 - Math.log10(range)))) : 1;
}
