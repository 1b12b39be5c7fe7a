// Tensors: a program edited line by line, the tensors of the chosen line as cells, the storage behind them, and what PyTorch says of each.
// Which line and which cell is looked at is known here alone; what goes back is the program.

import { element } from "./format.js";
import { Lab, mounting, panel } from "./lab.js";
import { styles } from "./styles.js";
import { Drill } from "./tensors_drill.js";
import { Facts } from "./tensors_facts.js";
import { Picture } from "./tensors_picture.js";
import { Program } from "./tensors_program.js";
import { StorageStrip } from "./tensors_storage.js";
import { WrongLine } from "./tensors_lines.js";

await Promise.all(["stage.css", "tensors.css"].map(styles));

class Tensors extends Lab {
  constructor(parent) {
    super(parent, "stepwise-tensors");
  }

  build(words) {
    this.made = null;
    const grid = this.root.appendChild(element("div", "sw-grid"));
    this.program = new Program(panel(grid, "program", words.program, "tn-tall"), words, {
      write: (text) => {
        this.made = null;
        this.trigger("program", text);
      },
      choose: (number) => this.choose(number),
    });
    const point = (place) => this.point(place);
    this.tensors = new Picture(panel(grid, "tensors", words.tensors), words, point);
    this.storage = new StorageStrip(panel(grid, "storage", words.storage), words, point);
    this.lines = new WrongLine(panel(grid, "lines", words.lines, "tn-table-panel"), words);
    this.facts = new Facts(panel(grid, "facts", words.facts, "tn-table-panel"), words, (number) => this.choose(number));
    this.drill = new Drill(panel(grid, "drill", words.drill, "tn-table-panel"), words, {
      more: () => this.trigger("more", Date.now()),
      see: (text) => this.program.send(text, null),
    });
  }

  show(picture) {
    const { report } = picture;
    this.picture = picture;
    this.root.dataset.pytorch = report ? "answered" : "awaited";
    this.program.show(picture);
    this.drill.show(picture.questions);
    this.lines.show(picture.lines);
    const made = report && JSON.stringify([report, picture.typed, picture.refusal]);
    if (!report || made === this.made) return; // what is looked at stays lit when only the questions come
    this.made = made;
    this.chosen = this.program.chosen(report);
    this.facts.show(report, this.chosen);
    this.look();
  }

  choose(number) {
    this.program.at = number;
    this.chosen = number;
    if (this.picture?.report) this.look();
  }

  // Draw what belongs to the chosen line.
  look() {
    const { report } = this.picture;
    const line = report.lines.find(({ number }) => number === this.chosen) ?? report.lines.at(-1);
    this.root.dataset.line = line.number;
    this.program.light(line, this.picture);
    this.tensors.show(report, line);
    this.storage.show(report, line, this.tensors.shown);
    this.facts.light(line.number);
  }

  close() {
    this.lines?.close();
  }

  // A cell of a tensor or of a storage is looked at: everything that belongs to it lights up.
  point(place) {
    this.tensors.light(place);
    this.storage.light(place, this.tensors.shown);
  }
}

export const { mount, unmount } = mounting(Tensors);
