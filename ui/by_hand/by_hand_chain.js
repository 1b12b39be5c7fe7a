// Chain: the local derivatives along the chosen path multiplied out, element by element, and the sum over all paths.

import { element, fill } from "./format.js";
import { arrows, contribution, four, nodesOf, pieces, products, sub } from "./by_hand_path.js";

export class Chain {
  constructor(frame, words, chosen) {
    Object.assign(this, { words, chosen });
    this.title = frame.querySelector("h3");
    this.said = frame.appendChild(element("p", "sw-unseen"));
    this.said.setAttribute("role", "status");
    this.none = frame.appendChild(element("p", "sw-about"));
    this.lines = frame.appendChild(scrolling());
    this.note = frame.appendChild(element("p", "sw-about"));
    this.several = frame.appendChild(element("p", "sw-about"));
    this.sum = frame.appendChild(scrolling());
    this.sum.classList.add("bh-paths");
  }

  show(picture, path) {
    const { words } = this;
    const { scalar, output, elements } = picture;
    const way = arrows(picture, path);
    this.title.textContent = scalar ? fill(words.chain, { path: way }) : words.chain_none;
    for (const part of [this.lines, this.note, this.several, this.sum]) part.hidden = !scalar;
    this.none.hidden = scalar;
    this.none.textContent = scalar ? "" : fill(words.no_chain, { output });
    if (!scalar) return;
    const found = Array.from({ length: elements }, (_, index) => contribution(picture, path, index));
    this.said.textContent = fill(words.said, { path: way, found: found.map(four).join(", ") });
    this.lines.replaceChildren(this.product(picture, path, found));
    this.lines.setAttribute("aria-label", this.title.textContent);
    const spread = path.find((number) => picture.edges[number].kind === "spread");
    this.note.hidden = spread === undefined;
    this.note.textContent = spread === undefined ? "" : fill(words.spread, { name: picture.edges[spread].by });
    this.contributions(picture, path);
  }

  // ∂y/∂x = ∂y/∂c · ∂c/∂x, the formulas, and a line with numbers for each element.
  product(picture, path, found) {
    const { edges, paths, output } = picture;
    const parts = pieces(picture, path);
    const alone = paths.length === 1;
    const rows = element("table", "bh-chain");
    const body = rows.createTBody();
    const line = (name, cells, result, kind) => {
      const row = body.insertRow();
      row.className = kind;
      row.append(Object.assign(element("th", "", name), { scope: "row" }), element("td", "", "="));
      if (!cells.length) cells.push(["1", 1]);
      cells.forEach(([text, span], order) => {
        if (order) row.append(element("td", "bh-dot", "·"));
        row.append(Object.assign(element("td", "", text), { colSpan: span }));
      });
      if (result) row.append(element("td", "bh-result", `= ${result}`));
      return row;
    };
    const factors = (text) => parts.flatMap(({ edges: numbers, summed }) =>
      numbers.map((number, order) => {
        const written = factor(text(edges[number]), path.length);
        const opened = summed && order === 0 ? `Σ( ${written}` : written;
        return [summed && order === numbers.length - 1 ? `${opened} )` : opened, 1];
      }));
    const whole = alone ? `∂${output}/∂x` : this.words.path;
    line(whole, factors(({ of, by }) => `∂${of}/∂${by}`), "", "bh-symbols");
    line("", factors(({ formula }) => formula), "", "bh-formulas");
    found.forEach((value, index) => {
      const cells = parts.map((piece) => {
        if (piece.summed) return [`(${products(picture, piece, index).map(term).join(" + ")})`, 2 * piece.edges.length - 1];
        const { kind, filled } = edges[piece.edges[0]];
        return [factor(filled[kind === "single" ? 0 : index], path.length), 1];
      });
      line(alone ? `∂${output}/∂${sub("x", index)}` : sub("x", index), cells, four(value), "bh-numbers").dataset.element = index;
    });
    return rows;
  }

  // A row for each path, chosen by a press, and their sum.
  contributions(picture, path) {
    const { paths, more, gradient, output } = picture;
    const several = paths.length > 1;
    this.several.hidden = this.sum.hidden = !several;
    if (!several) return;
    const { words } = this;
    this.several.textContent = fill(words.several, { count: paths.length + (more?.count ?? 0), output });
    this.sum.setAttribute("aria-label", this.several.textContent);
    const focused = this.sum.contains(document.activeElement) ? document.activeElement.dataset.path : undefined;
    const table = element("table", "bh-table");
    const heads = [words.way, ...gradient.map((_, index) => sub("x", index))];
    table.createTHead().insertRow().append(...heads.map((text) => Object.assign(element("th", "", text), { scope: "col" })));
    const [body, foot] = [table.createTBody(), table.createTFoot()];
    const row = (head, numbers, name = "", part = body) => {
      const made = part.insertRow();
      made.className = name;
      const first = made.appendChild(Object.assign(element("th"), { scope: "row" }));
      first.append(head);
      made.append(...numbers.map((number) => element("td", "", number)));
    };
    paths.forEach((one) => {
      const here = one.join() === path.join();
      const choose = Object.assign(element("button", "sw-button", nodesOf(picture, one).join(" ← ")), { type: "button", onclick: () => this.chosen(one) });
      choose.dataset.path = one.join();
      choose.setAttribute("aria-pressed", here);
      row(choose, gradient.map((_, index) => four(contribution(picture, one, index))), here ? "bh-on" : "");
    });
    if (more) row(fill(words.more, more), more.contributions);
    row(`${words.sum} = ∂${output}/∂x`, gradient, "bh-sum", foot);
    this.sum.replaceChildren(table);
    if (focused !== undefined) this.sum.querySelector(`[data-path="${focused}"]`)?.focus();
  }
}

function scrolling() {
  const box = element("div", "bh-scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  return box;
}

// Parentheses where a factor is a sum or begins with a minus, unless it stands alone.
function factor(text, factors) {
  return factors > 1 && (text.startsWith("−") || text.includes(" ")) ? `(${text})` : text;
}

function term(value) {
  const text = four(value);
  return text.startsWith("−") ? `(${text})` : text;
}
