// By hand: a computation graph, the chain rule along the chosen path, and PyTorch beside it. The path is chosen here.

import { NodeTable, Verdict } from "./by_hand_tables.js";
import { Chain } from "./by_hand_chain.js";
import { GraphPicture } from "./by_hand_graph.js";
import { nodesOf, rerouted, written } from "./by_hand_path.js";
import { element } from "./format.js";
import { styles } from "./styles.js";
import { readTheme } from "./theme.js";

await Promise.all(["stage.css", "by_hand.css"].map(styles));

const LONG = 30; // a product of more characters than this needs the whole width

const mounted = new WeakMap(); // Streamlit's element → ByHand

// Called at each rerun with Streamlit's component.
export function mount({ parentElement, data, setTriggerValue }) {
  if (!mounted.has(parentElement)) mounted.set(parentElement, new ByHand(parentElement));
  mounted.get(parentElement).update(data, setTriggerValue);
}

export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}

class ByHand {
  constructor(parent) {
    this.root = element("section", "stepwise-stage stepwise-by-hand");
    parent.querySelector(".stepwise-mount").replaceChildren(this.root);
  }

  update(data, trigger) {
    const { picture, words } = data;
    this.trigger = trigger;
    this.dress(data);
    const look = JSON.stringify([words, data.projector]);
    if (look !== this.look) this.build(words);
    this.look = look;
    const shape = JSON.stringify([picture.output, picture.edges.map(({ of, by }) => [of, by])]);
    if (shape !== this.shape) this.path = picture.paths[0];
    this.shape = shape;
    this.picture = picture;
    this.root.dataset.pytorch = picture.pytorch ? "answered" : "awaited";
    this.root.classList.toggle("bh-long", picture.scalar && Math.max(...picture.paths.map((path) => written(picture, path))) > LONG);
    this.graph.draw(picture, this.path);
    this.verdict.show(picture);
    this.nodes.show(picture);
    this.choose(this.path);
  }

  dress({ words, palette, projector }) {
    const theme = readTheme(this.root, palette);
    this.root.setAttribute("aria-label", words.stage);
    this.root.classList.toggle("sw-projector", projector);
    for (const [role, value] of Object.entries(theme.colors)) this.root.style.setProperty(`--sw-${role}`, value);
  }

  build(words) {
    this.graph?.close();
    this.root.replaceChildren();
    const grid = this.root.appendChild(element("div", "sw-grid"));
    const go = (through) => this.choose(rerouted(this.picture, this.path, through));
    this.graph = new GraphPicture(panel(grid, "graph", words.graph, true), words, go);
    this.chain = new Chain(panel(grid, "chain", ""), words, (path) => this.choose(path));
    this.verdict = new Verdict(panel(grid, "pytorch", words.beside), words, (reduction) => this.trigger("mend", reduction));
    this.nodes = new NodeTable(panel(grid, "nodes", words.nodes, true), words);
  }

  choose(path) {
    this.path = path;
    this.root.dataset.path = nodesOf(this.picture, path).join(" ");
    this.graph.light(path);
    this.chain.show(this.picture, path);
  }

  close() {
    this.graph.close();
  }
}

function panel(grid, id, title, wide = false) {
  const frame = grid.appendChild(element("section", `sw-panel bh-panel${wide ? " sw-wide" : ""}`));
  frame.dataset.panel = id;
  const head = frame.appendChild(element("div", "sw-head")).appendChild(element("h3", "", title));
  head.id = `bh-title-${id}`;
  frame.setAttribute("aria-labelledby", head.id);
  return frame;
}
