// By hand: a computation graph, the chain rule along the chosen path, and PyTorch beside it. The path is chosen here.

import { NodeTable, Verdict } from "./by_hand_tables.js";
import { Chain } from "./by_hand_chain.js";
import { GraphPicture } from "./by_hand_graph.js";
import { nodesOf, rerouted, written } from "./by_hand_path.js";
import { element } from "./format.js";
import { Lab, mounting, panel } from "./lab.js";
import { styles } from "./styles.js";

await Promise.all(["stage.css", "by_hand.css"].map(styles));

const LONG = 30; // a product of more characters than this needs the whole width

class ByHand extends Lab {
  constructor(parent) {
    super(parent, "stepwise-by-hand");
  }

  show(picture) {
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

  build(words) {
    const grid = this.root.appendChild(element("div", "sw-grid"));
    const go = (through) => this.choose(rerouted(this.picture, this.path, through));
    this.graph = new GraphPicture(panel(grid, "graph", words.graph, "bh-panel sw-wide"), words, go);
    this.chain = new Chain(panel(grid, "chain", "", "bh-panel"), words, (path) => this.choose(path));
    this.verdict = new Verdict(panel(grid, "pytorch", words.beside, "bh-panel"), words, (reduction) => this.trigger("mend", reduction));
    this.nodes = new NodeTable(panel(grid, "nodes", words.nodes, "bh-panel sw-wide"), words);
  }

  choose(path) {
    this.path = path;
    this.root.dataset.path = nodesOf(this.picture, path).join(" ");
    this.graph.light(path);
    this.chain.show(this.picture, path);
  }

  close() {
    this.graph?.close();
  }
}

export const { mount, unmount } = mounting(ByHand);
