// Log: a row every so many steps, exactly as recorded, to read and to download as CSV.

import { element, fixed } from "./format.js";
import { rowsIn } from "./rows.js";

export function create(frame, spec, context) {
  const { labels } = context;
  const head = frame.querySelector(".sw-head");
  const download = head.appendChild(element("button", "sw-button sw-download", labels.download));
  download.type = "button";
  download.onclick = () => save(spec, rows());
  const { scroll, body } = rowsIn(frame, spec, spec.columns.map(([, label]) => label));
  let shown = 0;

  function rows() {
    return [...context.kept.values()].filter(({ step }) => step % spec.every === 0 && step % context.log === 0);
  }

  function draw() {
    const all = rows();
    if (all.length < shown) {
      body.replaceChildren();
      shown = 0;
    }
    if (all.length === shown) return;
    const atEnd = !shown || scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - 4; // asked for, it costs a layout of the page
    for (const row of all.slice(shown)) body.append(line(row, spec.columns));
    shown = all.length;
    if (atEnd && shown > 1) scroll.scrollTop = scroll.scrollHeight;
  }

  let counted = -1;
  return {
    light: true, // drawn at once, also out of sight: next to no work
    metrics() {
      if (context.kept.size === counted) return;
      counted = context.kept.size;
      context.draw(draw);
    },
  };
}

function line(row, columns) {
  const made = element("tr");
  for (const [metric, , digits] of columns) made.append(element("td", "", fixed(row[metric], digits)));
  return made;
}

function save(spec, rows) {
  const names = spec.columns.map(([metric]) => metric);
  const text = [names, ...rows.map((row) => names.map((name) => row[name]))].map((cells) => cells.join(",")).join("\n");
  const url = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/csv" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: spec.download });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
