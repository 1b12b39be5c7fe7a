// Graph picture: nodes with their values, edges with their local derivatives, from x on the left (on a phone on top) to y.

import { arranged } from "./by_hand_layout.js";
import { element, fill } from "./format.js";
import { arrows, nodesOf } from "./by_hand_path.js";
import { set, svg } from "./picture.js";

const NARROW = 560; // px; below it the graph runs downwards

export class GraphPicture {
  constructor(frame, words, pressed) {
    Object.assign(this, { words, pressed });
    frame.append(element("p", "bh-hint", words.press));
    this.scroll = frame.appendChild(element("div", "bh-graph"));
    set(this.scroll, { role: "group", tabindex: "0", "aria-label": words.graph });
    this.canvas = this.scroll.appendChild(element("div", "bh-canvas"));
    this.alt = frame.appendChild(element("p", "sw-unseen"));
    this.resizing = new ResizeObserver(() => this.arrange());
    this.resizing.observe(this.scroll);
    document.fonts.ready.then(() => this.arrange());
  }

  draw(picture, path) {
    const before = this.picture;
    Object.assign(this, { picture, lit: path });
    if (before && JSON.stringify(seen(before)) === JSON.stringify(seen(picture))) return;
    const focused = this.focused();
    this.lines = svg("svg", { "aria-hidden": "true" });
    this.canvas.replaceChildren(this.lines);
    const order = [...picture.nodes].reverse(); // as backward() walks
    this.nodes = new Map();
    this.slopes = [];
    for (const node of order) {
      this.nodes.set(node.name, this.canvas.appendChild(this.node(node)));
      picture.edges.forEach((edge, number) => {
        if (edge.of === node.name) this.slopes[number] = this.canvas.appendChild(this.slope(edge, number));
      });
    }
    this.arrange();
    this.canvas.querySelector(focused)?.focus();
  }

  // The selector of the button that has the focus; nothing matches it where there is none.
  focused() {
    const { node, edge } = this.canvas.contains(document.activeElement) ? document.activeElement.dataset : {};
    return node ? `[data-node="${CSS.escape(node)}"]` : edge ? `[data-edge="${edge}"]` : "no-button";
  }

  node(node) {
    const { name, written, values, used } = node;
    const box = button("bh-node", () => this.pressed(name), used && this.picture.scalar);
    box.dataset.node = name;
    box.append(element("span", "bh-name", written ? `${name} = ${written}` : name));
    const list = box.appendChild(element("span", "bh-values"));
    list.append(...values.map((value) => element("span", "", value)));
    box.append(element("span", "bh-below", this.below(node)));
    const label = fill(written ? this.words.node : this.words.leaf, { name, written, values: values.join(", ") });
    box.setAttribute("aria-label", label);
    if (!used) box.classList.add("bh-unused");
    return box;
  }

  // The node's grad_fn, or that it has none.
  below({ name, used }) {
    if (!used) return fill(this.words.unused, this.picture);
    return this.picture.pytorch?.nodes[name] || "\u00a0";
  }

  slope(edge, number) {
    const { of, by, formula, values, used } = edge;
    const chip = button("bh-slope", () => this.pressed(number), used && this.picture.scalar);
    chip.dataset.edge = number;
    chip.append(element("span", "", `∂${of}/∂${by}`), element("span", "", formula));
    chip.setAttribute("aria-label", fill(this.words.slope, { of, by, formula, values: [...new Set(values)].join(", ") }));
    return chip;
  }

  light(path) {
    const { picture } = this;
    const names = nodesOf(picture, path);
    const on = (box, lit) => {
      box.classList.toggle("bh-on", lit);
      if (!box.disabled) box.setAttribute("aria-pressed", lit);
    };
    const chosen = picture.scalar ? path : [];
    this.nodes.forEach((box, name) => on(box, picture.scalar && names.includes(name)));
    this.slopes.forEach((chip, number) => on(chip, chosen.includes(number)));
    this.strokes?.forEach((drawn, number) => drawn.classList.toggle("bh-on", chosen.includes(number)));
    this.lit = path;
    const words = { nodes: picture.nodes.length, output: picture.output, path: arrows(picture, path) };
    this.alt.textContent = fill(this.words.graph_alt, words);
  }

  // Measure the boxes, give them their places, and draw the edges between them.
  arrange() {
    const { nodes, scroll, canvas } = this;
    if (!nodes || !scroll.clientWidth) return;
    const down = scroll.clientWidth < NARROW;
    canvas.classList.toggle("bh-down", down);
    canvas.classList.remove("bh-tight");
    const size = (box) => (down ? [box.offsetHeight, box.offsetWidth] : [box.offsetWidth, box.offsetHeight]); // along, across
    const placed = () => arranged(this.picture, (name) => size(nodes.get(name)), (number) => size(this.slopes[number]), down ? 0 : scroll.clientWidth - 2);
    let found = placed();
    if (!down && found.along > scroll.clientWidth) {
      canvas.classList.add("bh-tight");
      found = placed();
    }
    this.place(found, down);
  }

  place({ along, across, nodes, tracks }, down) {
    const flip = (at) => (down ? [at[1], at[0]] : at);
    const put = (box, at) => {
      const [x, y] = flip(at);
      Object.assign(box.style, { left: `${x - box.offsetWidth / 2}px`, top: `${y - box.offsetHeight / 2}px` });
    };
    nodes.forEach((at, name) => put(this.nodes.get(name), at));
    tracks.forEach(({ chip }, number) => put(this.slopes[number], chip));
    const [width, height] = flip([along, across]);
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    set(this.lines, { width, height, viewBox: `0 0 ${width} ${height}` });
    this.strokes = tracks.map((track) => stroke(track, down));
    this.lines.replaceChildren(...this.strokes);
    if (this.lit) this.light(this.lit);
  }

  close() {
    this.resizing.disconnect();
  }
}

// What the boxes show: as long as it is the same they stay.
function seen({ nodes, edges, scalar, output, pytorch }) {
  return [nodes, edges, scalar, output, pytorch?.nodes];
}

function button(name, pressed, enabled) {
  return Object.assign(element("button", name), { type: "button", onclick: pressed, disabled: !enabled });
}

// A smooth line through the track's points and its derivative, with an arrowhead at its end.
function stroke({ points, chip, end }, down) {
  const flip = ([along, across]) => (down ? `${across} ${along}` : `${along} ${across}`);
  const all = [...points, chip, end];
  let d = `M${flip(all[0])}`;
  for (let index = 1; index < all.length; index++) {
    const [from, to] = [all[index - 1], all[index]];
    const middle = (from[0] + to[0]) / 2;
    d += ` C${flip([middle, from[1]])} ${flip([middle, to[1]])} ${flip(to)}`;
  }
  const group = svg("g");
  svg("path", { d, class: "bh-line" }, group);
  const [tip, wing] = [end, 5];
  svg("path", { d: `M${flip(tip)} L${flip([tip[0] - 8, tip[1] - wing])} L${flip([tip[0] - 8, tip[1] + wing])} Z`, class: "bh-tip" }, group);
  return group;
}
