// Readouts: the newest numbers, each in a place of fixed width.

import { element, fixed, reach } from "./format.js";
import { color } from "./theme.js";

export function create(frame, spec, context) {
  const list = frame.appendChild(element("dl", "sw-numbers"));
  const wide = new ResizeObserver(() => (list.tabIndex = list.scrollWidth > list.clientWidth ? 0 : -1)); // what scrolls can be reached by the keyboard
  wide.observe(list);
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
  const destroy = () => wide.disconnect();
  if (!spec.items.some((item) => item.per_second)) return { light: true, metrics: request, destroy };
  return { light: true, wanted: ["facts"], metrics: request, status: request, destroy };
}

function perSecond({ per_second: [whole, steps] }, { run, allViews }) {
  const share = reach(allViews, `facts.${whole}`) / reach(allViews, `facts.${steps}`);
  return Number.isFinite(share * run.rate) && run.rate ? share * run.rate : undefined;
}
