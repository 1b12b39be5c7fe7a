// Rows: a table in a place that does not grow with it, which the keyboard can scroll too.

import { element } from "./format.js";

// In `frame`, for a panel of this spec; `labels` head its columns. Whoever draws fills `body`.
export function rowsIn(frame, spec, labels) {
  const scroll = frame.appendChild(element("div", "sw-log-rows sw-fill"));
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", spec.title);
  const table = scroll.appendChild(element("table"));
  const heading = table.appendChild(element("thead")).appendChild(element("tr"));
  for (const label of labels) heading.append(Object.assign(element("th", "", label), { scope: "col" }));
  return { scroll, table, body: table.appendChild(element("tbody")) };
}
