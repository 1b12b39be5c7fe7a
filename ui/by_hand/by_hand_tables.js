// Tables: PyTorch beside the numbers by hand, and everything about each node in words and numbers.

import { element, fill } from "./format.js";

const MENDS = ["mean", "sum"];

export class Verdict {
  constructor(frame, words, mend) {
    Object.assign(this, { words, mend });
    this.body = frame.appendChild(element("div", "bh-verdict"));
    this.body.setAttribute("aria-live", "polite");
  }

  show({ pytorch, waiting }) {
    const written = JSON.stringify([pytorch, waiting]);
    if (written === this.written) return;
    this.written = written;
    this.body.replaceChildren(...(pytorch ? this.parts(pytorch) : [element("p", "sw-about", waiting)]));
  }

  parts({ error, rows, notes, again }) {
    const { words } = this;
    const found = error ? [element("p", "", words.error), ...shown(error), ...this.mends()] : [this.table(rows)];
    found.push(...notes.map((note) => element("p", "bh-note", note)));
    if (!again) return found;
    const second = again.error ? [element("p", "", words.again_error), ...shown(again.error)] : [element("p", "", words.again_works)];
    return [...found, element("h4", "", words.again), ...second, element("p", "", words.again_retained), this.table(again.rows)];
  }

  mends() {
    const row = element("div", "bh-mends");
    row.append(...MENDS.map((name) => Object.assign(element("button", "sw-button sw-remedy", `.${name}()`), { type: "button", onclick: () => this.mend(name) })));
    return [element("p", "", this.words.mend), row];
  }

  table(rows) {
    const { words } = this;
    const table = headed([words.number, words.hand, "PyTorch", words.verdict]);
    const body = table.createTBody();
    for (const { name, hand, pytorch, same } of rows) {
      const row = body.insertRow();
      row.dataset.row = name;
      row.dataset.same = same;
      const verdict = element("td", same ? "bh-same" : "bh-different", `${same ? "✓" : "✕"} ${same ? words.same : words.different}`);
      row.append(head(name), element("td", "", hand), element("td", "", pytorch), verdict);
    }
    return scrolling(table, words.beside);
  }
}

export class NodeTable {
  constructor(frame, words) {
    Object.assign(this, { words, frame });
    this.body = frame.appendChild(element("div"));
  }

  show(picture) {
    const { words } = this;
    const table = headed([words.result, words.value, words.local, words.grad_fn]);
    const body = table.createTBody();
    for (const { name, written, values } of picture.nodes) {
      const row = body.insertRow();
      row.dataset.result = name;
      const slopes = element("td");
      for (const { of, by, formula, values: numbers } of picture.edges) {
        if (of === name) slopes.append(element("div", "", `∂${of}/∂${by} = ${formula}: ${listed(numbers)}`));
      }
      row.append(head(written ? `${name} = ${written}` : name), element("td", "", listed(values)), slopes, element("td", "", this.gradFn(picture, name, written)));
    }
    this.body.replaceChildren(scrolling(table, words.nodes));
  }

  gradFn({ pytorch, waiting }, name, written) {
    if (!pytorch) return waiting;
    const node = pytorch.nodes[name];
    if (!node) return this.words.grad_fn_none;
    return written ? node : fill(this.words.grad_fn_leaf, { node });
  }
}

function headed(heads) {
  const table = element("table", "bh-table");
  table.createTHead().insertRow().append(...heads.map((text) => Object.assign(element("th", "", text), { scope: "col" })));
  return table;
}

function head(text) {
  return Object.assign(element("th", "", text), { scope: "row" });
}

function scrolling(table, label) {
  const box = element("div", "bh-scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  box.append(table);
  return box;
}

function shown(error) {
  const box = element("div", "sw-error");
  box.append(Object.assign(element("pre", "", error), { tabIndex: 0 }));
  return [box];
}

function listed(values) {
  return values.length === 1 ? values[0] : `[${values.join(", ")}]`;
}
