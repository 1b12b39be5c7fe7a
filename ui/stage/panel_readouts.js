// Readouts: the newest numbers, each in a place of fixed width.

import { element, fixed } from "./format.js";
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
      const text = fixed(latest[item.metric], item.digits);
      if (numbers[index].textContent !== text) numbers[index].textContent = text;
    });
  };
  return { light: true, metrics: () => context.draw(draw) };
}
