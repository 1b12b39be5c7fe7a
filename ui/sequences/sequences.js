// Sequences: a batch of words as blocks, a layer unrolled over one of them, and what differs when the same words are read otherwise.
// Which character is looked at, and which is chosen, is known here alone.

import { element } from "./format.js";
import { Lab, mounting, panel } from "./lab.js";
import { BatchPicture, OneHot } from "./sequences_batch.js";
import { Forgotten, LastStates, Losses, Ways } from "./sequences_compared.js";
import { Mistakes } from "./sequences_mistakes.js";
import { Timing } from "./sequences_timing.js";
import { Unrolled } from "./sequences_unrolled.js";
import { styles } from "./styles.js";

await Promise.all(["stage.css", "sequences.css"].map(styles));

class Sequences extends Lab {
  constructor(parent) {
    super(parent, "stepwise-sequences");
  }

  build(words) {
    this.made = null;
    const grid = this.root.appendChild(element("div", "sw-grid"));
    this.batch = new BatchPicture(panel(grid, "batch", words.batch, "sw-wide"), words, {
      choose: (word, time) => this.choose(word, time),
      reorder: (order) => this.trigger("order", order),
    });
    const look = (place) => this.batch.light(place);
    this.unrolled = new Unrolled(panel(grid, "unrolled", words.unrolled), words, (word, time) => this.choose(word, time));
    this.ways = new Ways(panel(grid, "ways", words.ways), words, look);
    this.onehot = new OneHot(panel(grid, "onehot", ""), words);
    this.last = new LastStates(panel(grid, "last", words.last), words);
    this.forgotten = new Forgotten(panel(grid, "forgotten", words.forgotten), words, look);
    this.losses = new Losses(panel(grid, "losses", words.losses), words);
    this.mistakes = new Mistakes(panel(grid, "mistakes", words.mistakes, "sw-wide"), words);
    this.timing = new Timing(panel(grid, "timing", words.timing, "sw-wide"), words, () => this.trigger("measure", Date.now()));
    this.panels = [this.batch, this.ways, this.last, this.forgotten, this.losses];
  }

  show(picture) {
    const { report } = picture;
    this.root.dataset.pytorch = report ? "answered" : "awaited";
    if (!report && !this.report) this.batch.wait(picture.waiting);
    this.mistakes.show(picture);
    this.timing.show(picture.timing);
    const made = JSON.stringify([report, picture.cell, picture.order]);
    if (!report || made === this.made) return; // while a new answer is on its way the one before stays
    const kept = this.report && this.report.words.join("\n") === report.words.join("\n");
    Object.assign(this, { made, report });
    for (const one of this.panels) one.show(report);
    this.choose(kept ? this.word : 0, kept ? this.time : 0);
  }

  choose(word, time) {
    this.word = word;
    this.time = Math.min(time, this.report.lengths[word] - 1);
    this.root.dataset.chosen = `${word} ${this.time}`;
    this.batch.choose(word, this.time);
    this.unrolled.show(this.report, word, this.time);
    this.onehot.show(this.report, word, this.time);
  }
}

export const { mount, unmount } = mounting(Sequences);
