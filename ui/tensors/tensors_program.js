// Program: one field a line, under the chosen one the shapes of its parts, what PyTorch said of it, and what can be done next.

import { element, fill } from "./format.js";
import { tuple } from "./tensors_storage.js";

export class Program {
  constructor(frame, words, { write, choose }) {
    Object.assign(this, { words, write, choose, past: [], given: [], sent: null, at: null });
    frame.querySelector(".sw-head").append(this.button(words.undo, () => this.undo(), "tn-undo"));
    this.undoing = frame.querySelector(".tn-undo");
    this.about = frame.appendChild(element("div", "tn-about"));
    this.list = frame.appendChild(element("ol", "tn-lines"));
    this.list.onkeydown = (event) => this.keyed(event);
    this.list.addEventListener("focusin", (event) => this.focused(event));
    this.list.onchange = () => this.commit();
    this.list.onpaste = (event) => this.pasted(event);
    this.below = element("div", "tn-below");
  }

  // The number of the line to look at: the one that was chosen, else the one that fails, else the last.
  chosen(report) {
    const numbers = report.lines.map(({ number }) => number);
    const failing = report.lines.find(({ state }) => state === "failed" || state === "refused");
    const other = failing?.number ?? numbers.at(-1);
    if (!numbers.includes(this.at) && !this.given.length) this.at = other; // while an answer is on its way, it may bring the line
    return numbers.includes(this.at) ? this.at : other;
  }

  show(picture) {
    this.picture = picture;
    const own = this.given.indexOf(picture.typed);
    this.given.splice(0, own + 1);
    if (own < 0 && picture.typed !== this.sent) {
      this.at = null; // another program: its own place to look
      this.given = [];
      this.sent = picture.typed;
      this.fillIn(picture.typed.split("\n"));
    }
    this.about.replaceChildren(...(picture.about ? [paragraph(picture.about)] : []));
    this.undoing.disabled = !this.past.length;
    for (const row of this.list.children) this.mark(row);
  }

  // --- the fields --------------------------------------------------------------------------------------------------

  get fields() {
    return [...this.list.querySelectorAll("input")];
  }

  fillIn(lines) {
    const focused = this.fields.indexOf(document.activeElement);
    this.list.replaceChildren(...[...lines, ""].map((text, place) => this.row(text, place + 1)));
    if (focused >= 0) this.fields[Math.min(focused, lines.length)].focus();
  }

  row(text, number) {
    const row = element("li", "tn-line");
    const field = Object.assign(element("input", "tn-field"), { type: "text", value: text, spellcheck: false, autocomplete: "off" });
    field.setAttribute("autocapitalize", "off");
    field.setAttribute("aria-label", fill(this.words.line, { number }));
    if (!text) field.placeholder = this.words.another;
    const told = element("button", "tn-told");
    Object.assign(told, { type: "button", hidden: true }); // until there is something to tell
    told.tabIndex = -1; // the field beside it does the same
    told.onclick = () => this.choose(this.numberOf(row));
    row.append(element("span", "tn-number", String(number)), field, told);
    return row;
  }

  numberOf(row) {
    return [...this.list.children].indexOf(row) + 1;
  }

  // Beside each line the shape that it gives, or that it is not computed.
  mark(row) {
    const number = this.numberOf(row);
    const { report, refusal } = this.picture;
    const line = report?.lines.find((one) => one.number === number);
    const told = row.querySelector(".tn-told");
    const wrong = refusal?.line === number || line?.state === "failed" || line?.state === "refused";
    row.classList.toggle("tn-wrong", wrong);
    row.classList.toggle("tn-noted", Boolean(line?.notes.length || line?.warnings.length));
    const shapes = (line?.tensors ?? []).map(({ shape }) => tuple(shape)).join(" ");
    told.textContent = wrong ? "✕" : shapes || line?.plain?.text || "";
    told.setAttribute("aria-label", fill(this.words.look, { number, shapes: told.textContent }));
    told.hidden = !told.textContent;
    row.querySelector("input").setAttribute("aria-invalid", wrong);
  }

  commit() {
    const lines = this.fields.map(({ value }) => value.trimEnd());
    while (lines.length && !lines.at(-1).trim()) lines.pop();
    this.send(lines.join("\n"));
  }

  // Another program; `at` is the line to look at then.
  send(text, at = this.at) {
    if (text === this.sent) return;
    this.past.push(this.sent);
    this.give(text, at);
  }

  give(text, at) {
    this.at = at;
    this.sent = text;
    this.given.push(text); // answers come in this order, and a later one may be on its way already
    this.fillIn(text.split("\n"));
    this.write(text);
  }

  undo() {
    if (this.past.length) this.give(this.past.pop(), null);
  }

  focused({ target }) {
    const number = this.numberOf(target.closest("li"));
    if (this.picture.report?.lines.some((line) => line.number === number) && number !== this.at) this.choose(number);
  }

  keyed(event) {
    const field = event.target.closest("input");
    if (!field) return;
    const fields = this.fields;
    const place = fields.indexOf(field);
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (field.value.trim()) this.at = place + 1;
      this.commit();
      this.fields[Math.min(place + 1, this.fields.length - 1)].focus();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      fields[place + (event.key === "ArrowUp" ? -1 : 1)]?.focus();
    }
  }

  pasted(event) {
    const text = event.clipboardData.getData("text");
    const field = event.target.closest("input");
    if (!field || !text.trim().includes("\n")) return;
    event.preventDefault();
    const lines = this.fields.map(({ value }) => value);
    lines.splice(this.fields.indexOf(field), 1, ...text.replace(/\r/g, "").trim().split("\n"));
    this.send(lines.join("\n").trimEnd());
  }

  // --- below the chosen line ---------------------------------------------------------------------------------------

  light(line, picture) {
    for (const row of this.list.children) row.classList.toggle("tn-on", this.numberOf(row) === line.number);
    const { words } = this;
    const { report, refusal, presses } = picture;
    const found = [];
    if (refusal) found.push(this.told("tn-refusal", refusal.text));
    if (line.parts.length) found.push(this.parts(line, report.failure));
    if (report.failure?.line === line.number) found.push(...this.failure(report.failure, line));
    for (const warning of line.warnings) found.push(this.quote(warning));
    for (const note of line.notes) found.push(this.told("tn-note", note.text, note.repairs, line));
    const offered = presses[line.number];
    if (offered && !report.failure) found.push(this.presses(offered, words));
    this.below.replaceChildren(...found);
    this.list.children[line.number - 1]?.append(this.below);
  }

  // The line once more, with the shape under each of its parts.
  parts(line, failure) {
    const strip = element("div", "tn-parts");
    strip.style.setProperty("--tn-length", line.code.length);
    strip.append(element("code", "tn-code", line.code));
    const rows = []; // where each row of shapes ends
    const wrong = failure?.line === line.number ? [{ start: failure.start, end: failure.end, text: "✕", wrong: true }] : [];
    const known = line.parts.map(({ start, end, shape }) => ({ start, end, text: tuple(shape) }));
    for (const part of [...known, ...wrong].sort((a, b) => a.end - a.start - (b.end - b.start))) {
      const width = Math.max(part.end - part.start, part.text.length + 1);
      let row = rows.findIndex((end) => end < part.start);
      if (row < 0) row = rows.push(0) - 1;
      rows[row] = part.start + width;
      const label = strip.appendChild(element("span", part.wrong ? "tn-part tn-bad" : "tn-part", part.text));
      Object.assign(label.style, { left: `${part.start}ch`, width: `${part.end - part.start}ch`, top: `calc(1.5em + ${row} * 1.45em)` });
      label.title = line.code.slice(part.start, part.end);
    }
    strip.style.setProperty("--tn-rows", rows.length);
    strip.setAttribute("role", "img");
    strip.setAttribute("aria-label", [...known, ...wrong].map(({ start, end, text }) => `${line.code.slice(start, end)}: ${text}`).join("; "));
    const box = element("div", "tn-scroll");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", this.words.parts);
    box.append(strip);
    return box;
  }

  failure(failure, line) {
    const box = element("div", "sw-error");
    box.append(Object.assign(element("pre", "", `${failure.type}: ${failure.text}`), { tabIndex: 0 }));
    return [box, this.told("tn-why", failure.why, failure.repairs, line)];
  }

  // A sentence, and lines that would do instead.
  told(kind, text, repairs = [], line = null) {
    const box = element("div", kind);
    box.append(paragraph(text));
    for (const code of repairs) {
      box.append(this.coded(code, () => this.replace(line.number, code), "tn-repair"));
    }
    return box;
  }

  quote(text) {
    const box = element("div", "tn-warning");
    box.append(Object.assign(element("pre", "", `UserWarning: ${text}`), { tabIndex: 0 }));
    return box;
  }

  replace(number, code) {
    const lines = this.sent.split("\n");
    lines[number - 1] = code;
    this.send(lines.join("\n"), number);
  }

  // What can be done with the line's tensor, as one more line.
  presses(offered, words) {
    const box = element("div", "tn-presses");
    const groups = Object.keys(offered).filter((group) => offered[group].length);
    if (!groups.includes(this.group)) this.group = groups[0];
    const heads = box.appendChild(element("div", "tn-press tn-groups"));
    const row = element("div", "tn-press");
    const open = (group) => {
      this.group = group;
      for (const head of heads.children) head.setAttribute("aria-pressed", head.dataset.group === group);
      row.replaceChildren(...offered[group].map((expression) => this.coded(expression, () => this.add(expression))));
    };
    for (const group of groups) heads.append(this.button(words[`press_${group}`], () => open(group)));
    groups.forEach((group, place) => (heads.children[place].dataset.group = group));
    open(this.group);
    box.append(row);
    return box;
  }

  add(expression) {
    const lines = this.sent.split("\n");
    const taken = new Set(this.sent.match(/\w+/g));
    const name = [..."abcdefghijklmnopqrstuvwyz"].find((letter) => !taken.has(letter)) ?? "result";
    this.send([...lines, `${name} = ${expression}`].join("\n"), lines.length + 1);
  }

  // A button that writes what stands on it.
  coded(code, pressed, name = "") {
    const button = this.button("", pressed, name);
    button.append(element("code", "", code));
    return button;
  }

  button(text, pressed, name = "") {
    return Object.assign(element("button", `sw-button ${name}`, text), { type: "button", onclick: pressed });
  }
}

// A sentence whose `code` is set as code.
function paragraph(text) {
  const made = element("p");
  text.split(/(`+)\s?(.*?)\s?\1/).forEach((part, place) => {
    if (place % 3 !== 1) made.append(place % 3 ? element("code", "", part) : part);
  });
  return made;
}
