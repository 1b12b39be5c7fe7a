// Loop graph: the autograd graph of one pass, the loss at the left, the parameters where the walk ends.

import { element, fill, short, toNumber } from "./format.js";
import { Tip, described, set, svg } from "./picture.js";

const BOX = { width: 124, height: 40, across: 34, down: 14 };
const TURN = 90; // ms from one node to the next
const LONGEST = 3000; // ms for the whole walk

export class LoopGraph {
  constructor(parent, spec) {
    this.words = spec.words;
    this.frame = parent.appendChild(element("div", "sw-picture"));
    this.scroll = this.frame.appendChild(element("div", "sw-loop-graph"));
    this.say = described(this.scroll, this.frame, { id: `${spec.id}-graph`, title: spec.words.graph });
    this.tip = new Tip(this.frame);
    this.note = parent.appendChild(element("p", "sw-about"));
  }

  // graph: nodes and edges, or null. arrived: [node, length] in backward's order; `slowly` if they have come just now.
  show(graph, arrived, slowly) {
    this.frame.hidden = !graph;
    this.note.textContent = !graph ? this.words.graph_later : graph.undrawn ? fill(this.words.undrawn, { n: graph.undrawn }) : "";
    if (!graph) return this.tip.hide();
    if (graph !== this.graph) this.build(graph);
    const turn = Math.min(TURN, LONGEST / Math.max(1, arrived.length));
    this.boxes.forEach((box) => box.classList.remove("sw-arrived", "sw-arriving"));
    this.arrived = new Map(arrived.map(([node, norm], order) => [node, { norm: toNumber(norm), order: order + 1 }]));
    for (const [node, { order }] of this.arrived) {
      this.boxes[node].classList.add("sw-arrived", ...(slowly ? ["sw-arriving"] : []));
      this.boxes[node].style.setProperty("--sw-turn", order * turn);
    }
    this.boxes.forEach((box, node) => (box.lastChild.textContent = this.below(graph.nodes[node])));
    const leaves = graph.nodes.filter(({ parameter }) => parameter).map(({ parameter }) => parameter).join(", ");
    this.say(fill(this.words.graph_alt, { nodes: graph.nodes.length, first: graph.nodes[0].operation, leaves }));
    this.tip.renew();
  }

  // The second line of a box: the gradient's length when it is there, else what the node keeps.
  below({ id, parameter, saved }) {
    const came = this.arrived.get(id);
    if (came) return parameter ? fill(this.words.added, { norm: came.norm }) : `‖grad‖ ${short(came.norm)}`; // .grad may hold more, from before
    return parameter ? ".grad" : Object.values(saved).map(shape).join(" ").slice(0, 20);
  }

  build(graph) {
    this.graph = graph;
    const places = layers(graph);
    const columns = Math.max(...places.map(({ column }) => column)) + 1;
    const rows = Math.max(...places.map(({ row }) => row)) + 1;
    const at = ({ column, row }) => [column * (BOX.width + BOX.across) + 2, row * (BOX.height + BOX.down) + 2];
    const width = columns * (BOX.width + BOX.across) - BOX.across + 4;
    const height = rows * (BOX.height + BOX.down) - BOX.down + 4;
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    for (const [from, to] of graph.edges) {
      const [x0, y0] = at(places[from]);
      const [x1, y1] = at(places[to]);
      const [start, end] = [x0 + BOX.width, y0 + BOX.height / 2];
      const bend = Math.max(BOX.across, (x1 - start) / 2);
      svg("path", { d: `M${start} ${end} C${start + bend} ${end} ${x1 - bend} ${y1 + BOX.height / 2} ${x1} ${y1 + BOX.height / 2}` }, picture);
    }
    this.boxes = graph.nodes.map((node) => this.box(picture, node, at(places[node.id])));
    this.scroll.replaceChildren(picture);
  }

  box(picture, node, [x, y]) {
    const box = svg("g", { transform: `translate(${x} ${y})`, "data-node": node.id, "data-operation": node.operation }, picture);
    if (node.parameter) {
      box.classList.add("sw-leaf");
      set(box, { "data-parameter": node.parameter });
    }
    svg("rect", { width: BOX.width, height: BOX.height, rx: 6 }, box);
    const name = svg("text", { x: BOX.width / 2, y: 16 }, box);
    name.textContent = node.parameter ?? node.operation.replace(/Backward\d*$/, "");
    svg("text", { x: BOX.width / 2, y: 32, class: "sw-small" }, box);
    this.tip.over(box, () => this.about(node));
    return box;
  }

  about({ id, operation, parameter, saved }) {
    const kept = Object.entries(saved).map(([name, sizes]) => fill(this.words.saved, { name, shape: shape(sizes) }));
    const came = this.arrived.get(id);
    return [
      parameter ? `${operation} → ${parameter}.grad` : operation,
      ...(kept.length || parameter ? kept : [this.words.nothing_saved]),
      ...(came ? [fill(this.words.order, came), fill(this.words.arrived, came)] : []),
    ];
  }
}

export function shape(sizes) {
  return `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
}

// Column: the longest way from the loss. Row: the first that is free in the column, near the node that leads there.
function layers({ nodes, edges }) {
  const column = nodes.map(() => 0);
  for (let changed = true, round = 0; changed && round <= nodes.length; round++) {
    changed = false;
    for (const [from, to] of edges) {
      if (column[to] > column[from]) continue;
      column[to] = column[from] + 1;
      changed = true;
    }
  }
  const row = nodes.map(() => -1);
  const taken = new Map();
  const order = nodes.map(({ id }) => id).sort((a, b) => column[a] - column[b] || a - b);
  for (const id of order) {
    const before = edges.filter(([, to]) => to === id).map(([from]) => row[from]);
    const used = taken.get(column[id]) ?? new Set();
    let place = Math.max(0, Math.min(...before, nodes.length));
    if (!before.length) place = 0;
    while (used.has(place)) place++;
    taken.set(column[id], used.add(place));
    row[id] = place;
  }
  return nodes.map(({ id }) => ({ column: column[id], row: row[id] }));
}
