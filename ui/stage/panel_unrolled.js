// Unrolled: the chain of steps through the text, and at the chosen one what goes in, the states, the scores, the weights.

import { element, fill } from "./format.js";
import { onSize, Tip } from "./picture.js";
import { Sheet, Slider, placeOf, share, signed, type } from "./sequence.js";

const STEP = { width: 62, height: 118 };
const SQUARE = { least: 4, most: 15 };
const TALLEST = 240; // of a vector
const SCORES = 16; // characters whose scores are shown
const SHARED = 100; // positions for which one window of the text is asked

export function create(frame, spec, context) {
  return new Unrolled(frame, spec, context);
}

class Unrolled {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, vectors: new Map() });
    frame.classList.add("sw-free");
    this.slider = new Slider(frame, context, "position", spec.words.slider);
    this.chain = new Sheet(frame.appendChild(element("div", "sw-chain")));
    this.chain.node.setAttribute("aria-hidden", "true");
    this.chain.node.onclick = (event) => this.choose(event);
    this.formula = frame.appendChild(element("p", "sw-formula"));
    const inside = frame.appendChild(element("div", "sw-inside"));
    this.parts = inside.appendChild(element("div", "sw-parts"));
    const fixed = inside.appendChild(element("div", "sw-fixed"));
    this.matrices = fixed.appendChild(element("div", "sw-parts sw-weights"));
    fixed.appendChild(element("p", "sw-about", spec.words.weights));
    this.unseen = frame.appendChild(element("p", "sw-unseen"));
    this.tip = new Tip(frame);
    this.sizes = onSize(this.chain.node.parentNode, () => context.draw(() => this.draw()));
  }

  get position() {
    return placeOf(this.context, "position");
  }

  get names() {
    const text = Math.max(0, Math.floor(this.position / SHARED) * SHARED - SHARED / 4);
    return { step: `unrolled:${this.position}`, text: `text:${text}` };
  }

  get wanted() {
    return Object.values(this.names);
  }

  views(views) {
    const { step, text } = this.names;
    if (step in views) this.step = views[step];
    if (text in views) this.text = views[text];
    if (step in views || text in views) this.context.draw(() => this.draw());
  }

  chosen() {
    if (this.step) this.context.draw(() => this.draw());
  }

  draw() {
    const width = this.chain.node.parentNode.clientWidth;
    if (!this.step || !width) return;
    const big = this.context.projector ? 1.35 : 1;
    this.slider.show(this.step.positions - 1);
    if (this.text) this.chain.draw(width, STEP.height * big, (pen) => this.unroll(pen, width, big));
    const { cell } = this.context.run.config ?? {};
    this.formula.textContent = this.spec.formulas[cell] ?? "";
    this.inside();
    this.weights();
    this.tip.renew();
  }

  // The same cell again and again, from left to right; the state is passed on.
  unroll(pen, width, big) {
    const step = STEP.width * big;
    const count = Math.max(1, Math.min(this.text.true.length, Math.floor((width - 8) / step)));
    const first = Math.max(0, Math.min(this.text.true.length - count, this.step.position - this.text.offset - Math.floor(count / 2)));
    Object.assign(this, { first: first + this.text.offset, width: step });
    for (let place = 0; place < count; place++) this.one(pen, first + place, place * step + step / 2 + 4, big, place > 0);
  }

  one(pen, at, x, big, chained) {
    const { theme } = this.context;
    const now = at + this.text.offset === this.step.position;
    const [top, middle, bottom] = [16 * big, 58 * big, 102 * big];
    const half = 16 * big;
    Object.assign(pen, { textAlign: "center", textBaseline: "middle", strokeStyle: now ? theme.text : theme.colors.reference, lineWidth: now ? 2.5 : 1 });
    if (chained) arrow(pen, x - STEP.width * big + half, middle, x - half - 2, middle);
    arrow(pen, x, bottom - 12 * big, x, middle + half + 2);
    arrow(pen, x, middle - half, x, top + 11 * big);
    pen.fillStyle = signed(theme, 0.12);
    pen.fillRect(x - half, middle - half, 2 * half, 2 * half);
    pen.strokeRect(x - half, middle - half, 2 * half, 2 * half);
    Object.assign(pen, { fillStyle: theme.text, font: `${now ? "bold " : ""}${type(this.context, 12)}` });
    pen.fillText("W", x, middle);
    pen.font = `${now ? "bold " : ""}${type(this.context, 15)}`;
    pen.fillText(this.text.given[at], x, bottom);
    const right = this.text.right[at];
    pen.fillStyle = right ? theme.colors.good : theme.colors.bad;
    pen.fillText(`${this.text.predicted[at]}${right ? "✓" : "✗"}`, x, top);
  }

  choose(event) {
    if (!this.text || this.first === undefined) return;
    const place = Math.floor((event.clientX - this.chain.node.getBoundingClientRect().left - 4) / this.width);
    this.context.choose({ position: Math.max(0, Math.min(this.step.positions - 1, this.first + place)) });
  }

  inside() {
    const { step, spec } = this;
    const { words } = spec;
    const states = (at, label) => Object.entries(step[at]).flatMap(([name, layers]) => layers.map((values, layer) => ({
      key: `${at}-${name}-${layer}`, title: fill(label, { state: name, layer: layers.length > 1 ? superscript(layer + 1) : "" }), rows: [values],
    })));
    const one_hot = step.features === step.x.length && step.x.filter((value) => value === 1).length === 1;
    const scores = likeliest(step);
    const labels = scores.map((row) => step.characters[row]);
    const parts = [
      { key: "x", title: `x${sub("t")}`, about: fill(words.given, { character: step.given }), rows: [step.x], share: one_hot },
      ...states("before", `{state}{layer}${sub("t")}₋₁`).map((part, index) => ({ ...part, about: index ? "" : words.before })),
      ...states("after", `{state}{layer}${sub("t")}`).map((part, index) => ({ ...part, about: index ? "" : words.after })),
      { key: "scores", title: words.logits, about: fill(words.scores, step), rows: [scores.map((row) => step.logits[row])], labels },
      { key: "probability", title: "softmax", rows: [scores.map((row) => step.probability[row])], labels, share: true, mark: labels.indexOf(step.true) },
    ];
    this.place(this.parts, parts);
  }

  weights() {
    this.place(this.matrices, Object.entries(this.step.weights).map(([name, rows]) => ({ key: name, title: name, rows, matrix: true })));
  }

  // One canvas for each part, kept while the parts stay the same.
  place(box, parts) {
    const keys = parts.map(({ key }) => key).join();
    if (box.dataset.keys !== keys) {
      box.dataset.keys = keys;
      box.replaceChildren();
      for (const { key } of parts) {
        const part = box.appendChild(element("figure", "sw-part"));
        part.append(element("figcaption"), element("small"));
        this.vectors.set(key, { part, sheet: new Sheet(part) });
      }
    }
    for (const part of parts) this.vector(part, this.vectors.get(part.key));
  }

  vector({ title, about = "", rows, labels, matrix, share: shares, mark }, { part, sheet }) {
    const [caption, small] = part.children;
    caption.textContent = title;
    small.textContent = about;
    const big = this.context.projector ? 1.35 : 1;
    const longest = matrix ? Math.max(rows.length, rows[0].length) : rows[0].length;
    const side = Math.max(SQUARE.least, Math.min(SQUARE.most, TALLEST / longest)) * big;
    const columns = matrix ? rows : rows[0].map((value) => [value]);
    const left = labels ? 26 * big : 0;
    const { theme } = this.context;
    const largest = Math.max(1, ...rows.flat().map((value) => Math.abs(value ?? 0)));
    const wide = matrix ? side : side * 1.6;
    sheet.draw(left + columns[0].length * wide + 2, columns.length * side + 2, (pen) => {
      Object.assign(pen, { textAlign: "right", textBaseline: "middle", font: type(this.context, Math.min(12, side / big)), strokeStyle: theme.text, lineWidth: 1.5 });
      columns.forEach((line, y) => {
        pen.fillStyle = theme.text;
        if (labels) pen.fillText(labels[y], left - 5, (y + 0.5) * side, left);
        line.forEach((value, x) => {
          pen.fillStyle = shares ? share(theme, value ?? NaN) : signed(theme, value ?? NaN, largest);
          pen.fillRect(left + x * wide, y * side, wide - 1, side - 1);
        });
        if (y === mark) pen.strokeRect(left + 0.5, y * side + 0.5, wide - 1.5, side - 1.5);
      });
    });
    this.tip.over(sheet.node, (event) => {
      const bounds = sheet.node.getBoundingClientRect();
      const [y, x] = [Math.floor((event.clientY - bounds.top) / side), Math.floor((event.clientX - bounds.left - left) / wide)];
      const value = columns[y]?.[Math.max(0, x)];
      const where = labels ? labels[y] : matrix ? `[${y}, ${Math.max(0, x)}]` : `[${y}]`;
      return value === undefined ? [] : [`${title} ${where} = ${value ?? "NaN"}`];
    });
  }

  alt() {
    if (!this.step) return;
    const text = fill(this.spec.words.alt, this.step);
    if (this.unseen.textContent !== text) this.unseen.textContent = text;
  }

  destroy() {
    this.sizes.disconnect();
  }
}

// The rows of the likeliest characters and of the true one, in the alphabet's order.
function likeliest({ characters, probability, true: truth }) {
  const rows = characters.map((_, row) => row).sort((a, b) => (probability[b] ?? 0) - (probability[a] ?? 0));
  const kept = new Set([characters.indexOf(truth), ...rows].slice(0, SCORES + 1));
  return [...kept].sort((a, b) => a - b);
}

function arrow(pen, x0, y0, x1, y1) {
  const [dx, dy] = [Math.sign(x1 - x0), Math.sign(y1 - y0)];
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.moveTo(x1 - 4 * dx - 3 * dy, y1 - 4 * dy - 3 * dx);
  pen.lineTo(x1, y1);
  pen.lineTo(x1 - 4 * dx + 3 * dy, y1 - 4 * dy + 3 * dx);
  pen.stroke();
}

function sub(letter) {
  return { t: "ₜ" }[letter] ?? letter;
}

function superscript(number) {
  return "⁰¹²³⁴⁵⁶⁷⁸⁹"[number];
}
