// Mistakes: one is made by a press on the words that are there: the lines that differ, what PyTorch says, and the check that catches it.

import { element, fill, fixed } from "./format.js";

export class Mistakes {
  constructor(frame, words) {
    Object.assign(this, { words, chosen: null });
    frame.append(element("p", "sq-about", words.mistakes_about));
    const box = frame.appendChild(element("div", "sq-mistakes"));
    this.presses = box.appendChild(element("div", "sq-presses"));
    this.found = box.appendChild(element("div", "sq-found"));
    this.found.setAttribute("role", "status");
  }

  show({ mistakes, waiting }) {
    if (!mistakes) {
      if (!this.mistakes) this.found.textContent = waiting;
      return;
    }
    this.mistakes = mistakes;
    this.presses.replaceChildren(this.group("silent"), this.group("loud"));
    const known = [...mistakes.silent, ...mistakes.loud];
    this.make(known.find(({ code }) => code === this.chosen) ?? known[0]);
  }

  group(kind) {
    const group = element("div", "sq-group");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", this.words[kind]);
    group.append(element("span", "", this.words[kind]));
    for (const mistake of this.mistakes[kind]) {
      const button = group.appendChild(element("button", "sw-button", mistake.title));
      Object.assign(button, { type: "button", onclick: () => this.make(mistake) });
      button.dataset.mistake = mistake.code;
    }
    return group;
  }

  make(mistake) {
    const { words } = this;
    this.chosen = mistake.code;
    for (const button of this.presses.querySelectorAll("button")) button.setAttribute("aria-pressed", button.dataset.mistake === mistake.code);
    this.found.dataset.made = mistake.code;
    const parts = [element("h4", "", mistake.title), about(mistake.about), lines(mistake, words), ...this.said(mistake)];
    this.found.replaceChildren(...parts);
  }

  // What PyTorch says, what came of it, and what the check says.
  said(mistake) {
    const { words } = this;
    if (mistake.error) return [element("p", "", words.says), written(mistake.error, "sq-error")];
    if (!mistake.result) return [element("p", "", words.no_refusal)];
    const told = mistake.warnings.length ? [element("p", "", words.says), written(mistake.warnings.join("\n"))] : [element("p", "", words.says_nothing)];
    told.push(this.numbers(mistake));
    if (!mistake.differs) told.push(element("p", "sq-note", words.no_difference));
    told.push(element("p", "", words.check), written(mistake.check));
    const caught = mistake.caught === null ? element("p", "sq-passes", words.not_caught) : element("p", "sq-caught", `✓ ${fill(words.caught, { text: mistake.caught })}`);
    return [...told, caught];
  }

  numbers({ result, wanted, found }) {
    const { words } = this;
    const box = element("dl", "sq-numbers");
    for (const [name, told] of [[words.meant, wanted], [words.made, found]]) {
      const whole = told.numbers.every(Number.isInteger);
      const listed = told.numbers.map((one) => (whole ? String(one) : fixed(one))).join(", ");
      const shape = `(${told.shape.join(", ")})`;
      const row = box.appendChild(element("div"));
      row.append(element("dt", "", name), element("dd", "", `${result} = [${listed}${told.count > told.numbers.length ? ", …" : ""}]  ${fill(words.numbers, { shape, count: told.count })}`));
    }
    return box;
  }
}

// The lines as they were meant, and as they were made; what both have stands once.
function lines({ right, broken }, words) {
  const [good, bad] = [right.split("\n"), broken.split("\n")];
  const box = element("pre", "sq-lines");
  box.tabIndex = 0;
  const write = (mark, texts, kind, name) => texts.forEach((text) => Object.assign(box.appendChild(element("span", kind, `${mark} ${text}\n`)), { title: name }));
  let [at, come] = [0, []];
  const differing = (until) => {
    write("−", good.slice(at, until), "sq-gone", words.meant);
    write("+", come, "sq-come", words.made);
    come = [];
  };
  for (const text of bad) {
    const place = good.indexOf(text, at);
    if (place < 0) {
      come.push(text);
    } else {
      differing(place);
      write(" ", [text], "", "");
      at = place + 1;
    }
  }
  differing(good.length);
  return box;
}

function written(text, kind = "") {
  const box = element("pre", `sq-lines ${kind}`, text);
  box.tabIndex = 0;
  return box;
}

// Parts in backquotes are code.
function about(text) {
  const paragraph = element("p");
  text.split("`").forEach((part, place) => paragraph.append(place % 2 ? element("code", "", part) : part));
  return paragraph;
}
