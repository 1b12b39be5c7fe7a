// Confusion: for each class (row) how often the network says which (column), of the training and of the test data.

import { element, fill } from "./format.js";

const MANY = 6; // classes, beyond which the cells are small

export function create(frame, spec, context) {
  const { words, names } = spec;
  const body = frame.appendChild(element("div", "sw-matrices sw-fill sw-scrolls"));
  let classes = "";
  let cells = {};

  // The tables, made once for these classes.
  function build(view) {
    const sets = ["train", "test"].filter((set) => view[set]);
    const made = JSON.stringify([view.classes, sets]);
    if (made === classes) return;
    classes = made;
    cells = {};
    body.replaceChildren(...sets.map((set) => table(view.classes, set)));
  }

  function table(kinds, set) {
    const made = element("table");
    made.dataset.set = set;
    made.classList.toggle("sw-many", kinds.length > MANY);
    made.append(element("caption", "", words[set]));
    const head = made.appendChild(element("thead"));
    const heading = head.appendChild(element("tr"));
    heading.append(element("th", "sw-corner", words.corner));
    kinds.forEach((kind) => heading.append(Object.assign(element("th", "", names[kind] ?? kind), { scope: "col" })));
    const rows = made.appendChild(element("tbody"));
    cells[set] = kinds.map((kind) => {
      const row = rows.appendChild(element("tr"));
      row.append(Object.assign(element("th", "", names[kind] ?? kind), { scope: "row" }));
      return kinds.map(() => row.appendChild(element("td")));
    });
    return made;
  }

  function draw(view) {
    build(view);
    for (const [set, rows] of Object.entries(cells)) {
      rows.forEach((row, told) => row.forEach((cell, said) => {
        const count = view[set][told][said];
        const share = count / Math.max(1, view[set][told].reduce((sum, one) => sum + one, 0));
        const role = told === said ? "good" : "bad";
        const depth = count ? 12 + 40 * share : 0;
        if (cell.textContent !== String(count)) cell.textContent = count;
        cell.classList.toggle("sw-none", !count);
        cell.style.background = depth ? `color-mix(in srgb, var(--sw-${role}) ${depth.toFixed()}%, transparent)` : "";
        cell.title = fill(words.cell, { count, label: names[view.classes[told]] ?? told, said: names[view.classes[said]] ?? said });
      }));
    }
  }

  return {
    wanted: [spec.view],
    views(views) {
      if (spec.view in views) context.draw(() => draw(views[spec.view]));
    },
  };
}
