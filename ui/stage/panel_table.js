// Table: a view's rows as they are now, in a place that does not grow with them.

import { element, fill, fixed, reach } from "./format.js";
import { rowsIn } from "./rows.js";

export function create(frame, spec, context) {
  const count = frame.querySelector(".sw-head").appendChild(element("span", "sw-count"));
  const { scroll, table, body } = rowsIn(frame, spec, spec.columns.map(({ label }) => label));
  scroll.classList.add("sw-rows");
  const empty = scroll.appendChild(element("p", "sw-empty-words", spec.empty));
  empty.hidden = true; // nothing is known yet
  let written = "";

  function draw(view) {
    const state = JSON.stringify(view);
    if (state === written) return;
    written = state;
    const rows = reach(view, spec.rows) ?? [];
    body.replaceChildren(...rows.map((row) => line(row)));
    table.hidden = !rows.length;
    empty.hidden = rows.length > 0;
    count.textContent = fill(spec.count, { shown: rows.length, total: reach(view, spec.total) ?? rows.length });
  }

  function line(row) {
    const made = element("tr");
    for (const column of spec.columns) {
      const value = reach(row, column.path);
      const cell = made.appendChild(element("td", "", text(value, column)));
      if (typeof value === "string") cell.className = "sw-word";
      if (column.share) cell.append(bar(value));
    }
    return made;
  }

  function text(value, { digits, share }) {
    if (typeof value !== "number") return spec.names[value] ?? String(value ?? "–");
    return share ? `${(100 * value).toFixed(1)} %` : fixed(value, digits);
  }

  return {
    wanted: [spec.view],
    views(views) {
      if (spec.view in views) context.draw(() => draw(views[spec.view]));
    },
  };
}

function bar(share) {
  const made = element("span", "sw-share");
  made.style.setProperty("--share", share);
  return made;
}
