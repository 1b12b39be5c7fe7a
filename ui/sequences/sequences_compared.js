// Compared: every output of the same words read padded, masked and packed beside the word alone; last states; batch_first; losses.

import { element, fill, fixed, toNumber } from "./format.js";
import { MARKS, grid, headed, listed, pointing, rowHead, scrolling, seen } from "./sequences_cells.js";

const DIRECTIONS = ["forward", "bidirectional"];
const WAYS = ["padded", "masked", "packed"];

export class Ways {
  constructor(frame, words, look) {
    Object.assign(this, { words });
    this.said = frame.appendChild(element("p", "sq-said sq-two", words.ways_about));
    this.box = frame.appendChild(scrolling(words.ways));
    frame.append(legend(words));
    pointing(this.box, (place) => {
      look(place);
      this.said.textContent = place ? this.told(place) : words.ways_about;
    });
  }

  show(report) {
    const { words } = this;
    this.report = report;
    this.said.textContent = words.ways_about;
    const pair = element("div", "sq-ways");
    for (const direction of DIRECTIONS) {
      const column = pair.appendChild(element("div", "sq-way"));
      column.append(element("h4", "", words[direction]), ...WAYS.map((way) => this.way(direction, way)));
    }
    this.box.replaceChildren(pair);
  }

  way(direction, way) {
    const { report, words } = this;
    const figure = element("figure");
    const found = report[direction].read[way];
    if (!found) {
      figure.append(element("figcaption", "", `${words[way]}: ${words.none_packed}`));
      return figure;
    }
    const all = found.verdicts.flat();
    const told = fill(words.ways_table, { way: words[way], direction: words[direction], count: all.filter((one) => one !== "different").length, all: all.length });
    const marks = (word, time) => {
      const verdict = found.verdicts[word][time];
      return verdict ? [`sq-${verdict}`, MARKS[verdict]] : null;
    };
    const table = grid(report, told, marks, { numbers: false });
    for (const cell of table.querySelectorAll(".sq-cell")) cell.dataset.kind = `${direction} ${way}`;
    const count = (verdict) => all.filter((one) => one === verdict).length;
    const parts = ["same", "close", "different"].filter(count).map((verdict) => `${MARKS[verdict]} ${count(verdict)}`);
    figure.append(element("figcaption", "", `${words[way]}: ${parts.join("  ")}`), table);
    return figure;
  }

  told({ word, time, kind }) {
    const { report, words } = this;
    const [direction, way] = kind.split(" ");
    const { read } = report[direction];
    return fill(words.ways_said, {
      character: seen([...report.words[word]][time]), way: words[way],
      alone: listed(read.alone.outputs[word][time]), found: listed(read[way].outputs[word][time]),
    });
  }
}

export function legend(words) {
  const box = element("p", "sq-legend");
  for (const [verdict, mark] of Object.entries(MARKS)) {
    const one = box.appendChild(element("span"));
    one.append(element("b", `sq-mark sq-${verdict}`, mark), ` ${words[verdict]}`);
  }
  return box;
}

export class LastStates {
  constructor(frame, words) {
    this.words = words;
    frame.append(element("p", "sq-about", words.last_about));
    this.box = frame.appendChild(scrolling(words.last));
  }

  show(report) {
    this.box.replaceChildren(...DIRECTIONS.map((direction) => this.table(report, direction)));
  }

  table(report, direction) {
    const { words } = this;
    const table = headed(element("table", "sq-table sq-last"), [words[direction], ...report.words.map((text, word) => `${word}: ${text}`)]);
    table.setAttribute("aria-label", fill(words.last_table, { direction: words[direction], words: report.words.length }));
    const body = table.createTBody();
    for (const { way, code, states, verdicts } of report[direction].last) {
      const row = body.insertRow();
      const head = row.appendChild(rowHead(""));
      head.append(`${words[way]} `, element("code", "", code));
      states.forEach((state, word) => {
        const verdict = verdicts[word];
        const cell = row.appendChild(element("td", way === "alone" ? "" : `sq-${verdict}`));
        cell.title = listed(state);
        cell.append(way === "alone" ? "" : element("b", "sq-mark", MARKS[verdict]), ` ${state.map((one) => fixed(one, 2)).join(" ")}`);
      });
    }
    return table;
  }
}

export class Forgotten {
  constructor(frame, words, look) {
    this.words = words;
    this.about = frame.appendChild(element("p", "sq-about"));
    this.box = frame.appendChild(element("div", "sq-pair sq-even"));
    pointing(this.box, look);
  }

  show(report) {
    const { words } = this;
    const { output, state, verdicts, different } = report.forgotten;
    const tuple = (shape) => `(${shape.join(", ")})`;
    const told = { output: tuple(output[1]), different, all: verdicts.flat().length, right: tuple(state[0]), wrong: tuple(state[1]) };
    this.about.textContent = fill(told.right === told.wrong ? words.forgotten_same : words.forgotten_about, told);
    const characters = report.words.map((word) => [...word]);
    const right = (word, time) => (time < report.lengths[word] ? [`sq-word-${word % 8}`, seen(characters[word][time])] : ["sq-padding", "0"]);
    const wrong = (word, time) => (time < report.lengths[word] ? [`sq-word-${time % 8} sq-of-${verdicts[word][time]}`, seen(characters[word][time])] : ["sq-padding", "0"]);
    this.box.replaceChildren(this.figure(report, words.with_batch_first, "→", right), this.figure(report, words.without_batch_first, "↓", wrong));
  }

  figure(report, title, arrow, cell) {
    const figure = element("figure", "sq-figure");
    figure.append(element("figcaption", "", `${arrow} ${title}`));
    const scroll = figure.appendChild(scrolling(title));
    scroll.append(grid(report, fill(this.words.forgotten_table, { title, words: report.shape[0], time: report.shape[1] }), cell, { numbers: false }));
    return figure;
  }
}

export class Losses {
  constructor(frame, words) {
    this.words = words;
    frame.append(element("p", "sq-about", words.losses_about));
    this.box = frame.appendChild(scrolling(words.losses));
  }

  show(report) {
    const { words } = this;
    const table = headed(element("table", "sq-table"), ["", words.count, words.loss, words.verdict, words.gradient]);
    table.setAttribute("aria-label", words.losses);
    const body = table.createTBody();
    for (const { way, code, loss, count, verdict, gradient } of report.losses) {
      const row = body.insertRow();
      row.dataset.way = way;
      const head = row.appendChild(rowHead(""));
      head.append(element("span", "", words[`loss_${way}`]), element("code", "", code));
      row.append(element("td", "", String(count)), element("td", "sq-loss", fixed(toNumber(loss))));
      for (const one of [verdict, gradient]) row.append(Object.assign(element("td", `sq-${one}`, MARKS[one]), { title: words[one] }));
    }
    this.box.replaceChildren(table);
  }
}
