// Modules: the model of the run, taken apart while it learns: the tree of `named_modules()`, what each module is given and makes, and
// where its parameters come from. The two generators are taken from one at a time.

import { numbers, picture, signed } from "./digits.js";
import { element, fill } from "./format.js";
import { steering } from "./steering.js";
import { styles } from "./styles.js";
import { readTheme } from "./theme.js";

const PACE = 700; // ms between two looks while the run goes on
const SMALL = 0.5; // the power by which small weights are brought to sight
const CELL = [9, 220]; // px: the side of a number, and the most that a picture takes across

const mounted = new WeakMap(); // Streamlit's element → Modules

// Called at each rerun with Streamlit's component; `base` is the app's address, with a slash at its end.
export async function mount({ parentElement, data }, base) {
  await styles("modules.css");
  if (mounted.get(parentElement)?.data.run !== data.run) {
    unmount(parentElement);
    mounted.set(parentElement, new Modules(parentElement, data, base));
  }
  mounted.get(parentElement).update(data);
}

export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}

class Modules {
  constructor(parent, data, base) {
    Object.assign(this, { data, url: `${base}runs/${encodeURIComponent(data.run)}/modules`, open: null, taken: {}, timer: 0, seen: "" });
    this.root = element("section", "sw-modules");
    this.about = this.root.appendChild(element("p"));
    const scroll = this.root.appendChild(element("div", "sw-modules-scroll"));
    Object.assign(scroll, { tabIndex: 0, role: "region", ariaLabel: data.labels.tree });
    const table = scroll.appendChild(element("table"));
    this.head = table.appendChild(element("thead")).appendChild(element("tr"));
    this.body = table.appendChild(element("tbody"));
    this.detail = this.root.appendChild(element("div", "sw-module"));
    this.generators = this.root.appendChild(element("div", "sw-generators"));
    parent.querySelector(".stepwise-modules").replaceChildren(this.root);
    this.leave = steering(data.run).follow((status) => this.heard(status));
    this.look();
  }

  update(data) {
    this.data = data;
    this.theme = readTheme(this.root, data.palette);
    const { labels } = data;
    this.head.replaceChildren(...[labels.name, labels.class, labels.parameters, labels.given, labels.made, labels.mode, labels.gradient].map((text) => element("th", "", text)));
    this.show();
  }

  // What the model is now, once the run stands elsewhere than when it was last looked at.
  heard({ step, status, generation }) {
    const now = JSON.stringify([step, status, generation]);
    if (now === this.seen) return;
    this.seen = now;
    this.timer ||= setTimeout(() => this.look(), PACE);
  }

  async look() {
    this.timer = 0;
    const answer = await fetch(this.url).catch(() => null);
    if (!answer?.ok || this.closed) return;
    this.found = await answer.json();
    this.show();
  }

  show() {
    if (!this.found || !this.theme) return;
    const { labels } = this.data;
    const { modules, total } = this.found;
    this.root.dataset.modules = modules.length;
    this.about.textContent = modules.length ? fill(labels.about, { modules: modules.length, total: grouped(total ?? 0) }) : labels.none;
    this.head.parentNode.parentNode.hidden = !modules.length;
    this.open = modules.find(({ name }) => name === this.open?.name) ?? modules.find(({ own }) => own.length) ?? null;
    while (this.body.children.length > modules.length) this.body.lastChild.remove();
    modules.forEach((module, place) => this.fill(this.body.children[place] ?? this.row(), module));
    this.showDetail();
    if (modules.length) this.showGenerators();
  }

  row() {
    const row = this.body.appendChild(element("tr"));
    row.appendChild(element("th")).append(Object.assign(element("button"), { type: "button" }));
    row.append(...Array.from({ length: 6 }, () => element("td")));
    return row;
  }

  // A row stays where it is while its numbers change: so its button keeps the focus.
  fill(row, { name, kind, depth, count, given, made, training, gradient }) {
    row.ariaSelected = String(name === this.open?.name);
    const button = row.firstChild.firstChild;
    Object.assign(button, { textContent: name || "model", onclick: () => this.choose(name) });
    button.style.marginLeft = `${1.1 * depth}em`;
    const texts = [kind, grouped(count), sizes(given), sizes(made), training ? "train" : "eval", gradient ?? "–"].map(String);
    texts.forEach((text, place) => {
      const cell = row.children[place + 1];
      if (cell.textContent !== text) cell.textContent = text;
    });
  }

  choose(name) {
    this.open = this.found.modules.find((module) => module.name === name);
    this.show();
  }

  // The module that was pressed: its line in the program, the sum of its parameters, the arithmetic of its shape, its weights.
  showDetail() {
    const { labels } = this.data;
    if (!this.open) return this.detail.replaceChildren();
    const { code, count, formula, arithmetic, given, made, own } = this.open;
    const line = this.line();
    const parts = [element("h4", "", code)];
    parts.push(line ? labelled(fill(labels.line, { line: line[0] }), line[1]) : element("p", "sw-module-note", labels.unwritten));
    if (formula) parts.push(labelled(labels.sum, `${formula} = ${grouped(count)}`));
    if (made.length) parts.push(labelled(labels.shape, [`${sizes(given)} → ${sizes(made)}`, ...arithmetic].join("\n")));
    for (const name of own) parts.push(this.weights(this.found.parameters.find((parameter) => parameter.name === name)));
    this.detail.replaceChildren(...parts);
  }

  // The program's line that makes the open module: of all modules of its class, the one at its place.
  line() {
    const same = this.found.modules.filter(({ kind }) => kind === this.open.kind);
    const made = this.data.lines.filter(([, text]) => new RegExp(`\\b${this.open.kind}\\(`).test(text) && !/^\s*class /.test(text));
    return made.length === same.length || same.length === 1 ? made[same.indexOf(this.open)] : undefined;
  }

  weights({ name, shape, rows, most, mean }) {
    const box = labelled(`state_dict()["${name}"]`, fill(this.data.labels.weights, { shape: sizes(shape), most, mean }));
    const canvas = box.appendChild(element("canvas"));
    const columns = rows[0].length;
    const made = picture(numbers(rows.join("")), columns, signed(this.theme, SMALL));
    const side = Math.max(1, Math.min(CELL[0], CELL[1] / Math.max(columns, rows.length)));
    Object.assign(canvas, { width: columns, height: rows.length });
    canvas.getContext("2d").drawImage(made, 0, 0);
    Object.assign(canvas.style, { width: `${columns * side}px`, height: `${rows.length * side}px` });
    return box;
  }

  // --- the generators -----------------------------------------------------------------------------------------------

  showGenerators() {
    const { modules, parameters } = this.found;
    const items = { parameters: parameters.map(({ name, shape }) => `Parameter${sizes(shape)}  # ${name}`), modules: modules.map(({ code }) => code) };
    if (this.generators.children.length === 0) {
      this.generators.append(element("p", "", this.data.labels.generators), this.generator("parameters"), this.generator("modules"));
    }
    for (const [name, box] of Object.entries(this.boxes)) {
      const taken = this.taken[name] ?? 0;
      const shown = [`it = model.${name}()`, ...items[name].slice(0, taken).map((item) => `next(it)  → ${item}`)];
      if (taken > items[name].length) shown.push("next(it)  → StopIteration");
      const text = shown.join("\n");
      if (box.code.textContent !== text) box.code.textContent = text;
      box.next.disabled = taken > items[name].length;
    }
  }

  generator(name) {
    const box = element("div", "sw-generator");
    const next = box.appendChild(element("button", "", "next(it)"));
    const again = box.appendChild(element("button", "", `it = model.${name}()`));
    const code = box.appendChild(element("pre"));
    code.tabIndex = 0;
    Object.assign(next, { type: "button", ariaLabel: fill(this.data.labels.next, { name: `model.${name}()` }), onclick: () => this.take(name, (this.taken[name] ?? 0) + 1) });
    Object.assign(again, { type: "button", ariaLabel: fill(this.data.labels.again, { name: `model.${name}()` }), onclick: () => this.take(name, 0) });
    this.boxes = { ...this.boxes, [name]: { next, code } };
    return box;
  }

  take(name, count) {
    this.taken[name] = count;
    this.showGenerators();
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.leave();
  }
}

function grouped(count) {
  return count.toLocaleString("en-US");
}

function sizes(shape) {
  return shape.length ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "–";
}

function labelled(label, text) {
  const box = element("div", "sw-module-part");
  box.append(element("span", "", label), element("code", "", text));
  return box;
}
