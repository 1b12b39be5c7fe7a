// The batch: its words as ragged rows, padded or as a mask, beside the blocks of the real PackedSequence; and one word as one-hot rows.

import { element, fill } from "./format.js";
import { grid, headed, pointing, rowHead, scrolling, seen, walkable } from "./sequences_cells.js";

const VIEWS = ["padded", "ragged", "mask"];
const COLOURS = 8; // of words

export class BatchPicture {
  constructor(frame, words, { choose, reorder }) {
    Object.assign(this, { words, reorder, view: "padded" });
    this.buttons = frame.querySelector(".sw-head").appendChild(element("span", "sq-views"));
    this.buttons.setAttribute("role", "group");
    this.buttons.setAttribute("aria-label", words.view);
    for (const view of VIEWS) {
      const button = this.buttons.appendChild(element("button", "sw-button", words[view]));
      Object.assign(button, { type: "button", onclick: () => this.turn(view) });
      button.dataset.view = view;
    }
    this.said = frame.appendChild(element("p", "sq-said", words.point));
    this.box = frame.appendChild(element("div", "sq-pair"));
    pointing(this.box, (place) => this.light(place));
    const chosen = (event) => {
      const cell = event.target.closest(".sq-cell:not(.sq-padding)");
      if (!cell || (event.key && event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      choose(Number(cell.dataset.word), Number(cell.dataset.time));
    };
    this.box.onclick = chosen;
    this.box.addEventListener("keydown", chosen);
  }

  wait(text) {
    this.said.textContent = text;
  }

  show(report) {
    this.report = report;
    this.rowOf = new Map(report.packed.rows.map(([word, time], row) => [`${word}/${time}`, row]));
    this.said.textContent = this.words.point;
    this.draw();
  }

  turn(view) {
    this.view = view;
    this.draw();
  }

  draw() {
    const { report, words } = this;
    for (const button of this.buttons.children) button.setAttribute("aria-pressed", button.dataset.view === this.view);
    this.box.replaceChildren(this.batch(), this.packed());
    if (report && this.chosen) this.choose(...this.chosen);
    this.box.setAttribute("aria-label", words.batch);
  }

  batch() {
    const { report, words, view } = this;
    const [batch, time, features] = report.shape;
    const figure = element("figure", "sq-figure");
    const values = { batch, time, features, wasted: report.wasted, cells: report.cells, share: report.wasted / report.cells, characters: report.cells - report.wasted };
    const about = view === "padded" && !report.wasted ? words.none_wasted : words[`${view}_about`];
    const caption = figure.appendChild(element("figcaption"));
    caption.append(element("b", "", view === "ragged" ? words.ragged : fill(words.shape, values)), element("span", "", fill(about, values)));
    const scroll = figure.appendChild(scrolling(words.padded));
    scroll.append(grid(report, fill(words.words_table, { words: batch, time }), (word, t) => this.cell(word, t)));
    return figure;
  }

  cell(word, time) {
    const { report, view } = this;
    const alive = time < report.lengths[word];
    if (!alive && view === "ragged") return null;
    const colour = `sq-word-${word % COLOURS}`;
    if (view === "mask") return [alive ? `${colour} sq-true` : "sq-padding", alive ? "1" : "0"];
    return alive ? [colour, seen([...report.words[word]][time])] : ["sq-padding", "0"];
  }

  packed() {
    const { report, words } = this;
    const { packed } = report;
    const figure = element("figure", "sq-figure");
    const caption = figure.appendChild(element("figcaption"));
    caption.append(element("b", "", "PackedSequence"));
    if (packed.error) {
      caption.append(element("span", "", words.refused));
      figure.append(this.refused(packed.error));
      return figure;
    }
    caption.append(element("span", "", fill(words.packed_about, { rows: packed.rows.length })));
    const scroll = figure.appendChild(scrolling("PackedSequence"));
    scroll.append(this.blocks());
    const indices = (name) => element("div", "", `${name} = ${packed[name] ? `[${packed[name].join(", ")}]` : "None"}`);
    figure.appendChild(element("div", "sq-indices")).append(indices("sorted_indices"), indices("unsorted_indices"));
    return figure;
  }

  // Each column is a step, each block a row of `data`, in the order in which it lies there: down the columns.
  blocks() {
    const { report, words } = this;
    const { rows, batch_sizes: sizes } = report.packed;
    const table = element("table", "sq-grid");
    table.setAttribute("aria-label", fill(words.packed_table, { steps: sizes.length, rows: rows.length }));
    headed(table, ["", ...sizes.map((_, time) => String(time))]);
    const starts = sizes.reduce((before, size) => [...before, before.at(-1) + size], [0]);
    const body = table.createTBody();
    for (let place = 0; place < sizes[0]; place += 1) {
      const line = body.insertRow();
      line.append(rowHead(String(rows[place][0])));
      sizes.forEach((size, time) => line.append(place < size ? this.block(starts[time] + place) : element("td", "sq-none")));
    }
    const foot = table.createTFoot().insertRow();
    foot.append(rowHead("batch_sizes"), ...sizes.map((size) => element("td", "", String(size))));
    walkable(table);
    return table;
  }

  block(row) {
    const [word, time] = this.report.packed.rows[row];
    const cell = element("td", `sq-cell sq-word-${word % COLOURS}`, seen([...this.report.words[word]][time]));
    Object.assign(cell.dataset, { word, time });
    cell.title = `data[${row}]`;
    return cell;
  }

  refused(error) {
    const box = element("div", "sq-refused");
    const told = box.appendChild(element("div", "sw-error")).appendChild(element("pre", "", error));
    told.tabIndex = 0;
    for (const [order, text] of [["free", this.words.free_mend], ["sorted", this.words.sort_mend]]) {
      const button = box.appendChild(element("button", "sw-button sq-mend", text));
      Object.assign(button, { type: "button", onclick: () => this.reorder(order) });
    }
    return box;
  }

  light(place) {
    for (const cell of this.box.querySelectorAll(".sq-at")) cell.classList.remove("sq-at");
    if (!this.report) return;
    this.said.textContent = place ? this.told(place) : this.words.point;
    if (!place) return;
    for (const cell of this.box.querySelectorAll(`[data-word="${place.word}"][data-time="${place.time}"]`)) cell.classList.add("sq-at");
  }

  told({ word, time }) {
    const { report, words } = this;
    if (time >= report.lengths[word]) return fill(words.said_padding, { word, time });
    const character = [...report.words[word]][time];
    const row = this.rowOf.get(`${word}/${time}`) ?? "–";
    return fill(words.said, { character: seen(character), word, time, row, number: report.alphabet.indexOf(character), classes: report.alphabet.length });
  }

  choose(word, time) {
    this.chosen = [word, time];
    for (const cell of this.box.querySelectorAll(".sq-cell")) {
      cell.classList.toggle("sq-chosen", Number(cell.dataset.word) === word && Number(cell.dataset.time) === time);
    }
  }
}

export class OneHot {
  constructor(frame, words) {
    this.words = words;
    this.title = frame.querySelector("h3");
    this.about = frame.appendChild(element("p", "sq-about"));
    this.box = frame.appendChild(scrolling(words.stage));
  }

  show(report, word, at) {
    const { words } = this;
    const text = report.words[word];
    const [time, features] = [report.lengths[word], report.alphabet.length];
    this.title.textContent = fill(words.onehot, { word, text });
    this.about.textContent = fill(words.onehot_about, { time, features });
    this.box.setAttribute("aria-label", this.title.textContent);
    const table = headed(element("table", "sq-grid sq-onehot"), ["", ...report.alphabet.map(seen)]);
    table.setAttribute("aria-label", fill(words.onehot_table, { text, time, features }));
    const body = table.createTBody();
    [...text].forEach((character, t) => {
      const row = body.insertRow();
      if (t === at) row.className = "sq-on";
      row.append(rowHead(seen(character)), ...report.alphabet.map((one) => element("td", one === character ? "sq-one" : "", one === character ? "1" : "0")));
    });
    this.box.replaceChildren(table);
  }
}
