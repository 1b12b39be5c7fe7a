// Readouts: the newest numbers, each in a place of fixed width.

import { element, fixed, reach } from "./format.js";
import { color } from "./theme.js";

export function create(frame, spec, context) {
  const list = frame.appendChild(element("dl", "sw-numbers"));
  const numbers = spec.items.map((item) => {
    const pair = list.appendChild(element("div", "sw-number"));
    const label = pair.appendChild(element("dt", "", item.label));
    if (item.color) label.style.borderColor = color(context.theme, item.color);
    return pair.appendChild(element("dd", "", "–"));
  });
  const draw = () => {
    const latest = context.store.length ? context.store.latest() : {};
    spec.items.forEach((item, index) => {
      const text = fixed(item.per_second ? perSecond(item, context) : latest[item.metric], item.digits);
      if (numbers[index].textContent !== text) numbers[index].textContent = text;
    });
  };
  const request = () => context.draw(draw);
  if (!spec.items.some((item) => item.per_second)) return { light: true, metrics: request };
  return { light: true, wanted: ["facts"], metrics: request, status: request };
}

function perSecond({ per_second: [whole, steps] }, { run, allViews }) {
  const share = reach(allViews, `facts.${whole}`) / reach(allViews, `facts.${steps}`);
  return Number.isFinite(share * run.rate) && run.rate ? share * run.rate : undefined;
}
