// Loop: one pass of the training loop, held between two statements; what each has changed; the graph backward walks.

import { element, fill, fixed, short, toNumber } from "./format.js";
import { LoopGraph, shape } from "./loop_graph.js";
import { svg } from "./picture.js";
import { styles } from "./styles.js";

const KEY = "n";

await styles("loop.css");

export function create(frame, spec, context) {
  return new Loop(frame, spec, context);
}

class Loop {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, words: spec.words, root: frame });
    frame.classList.add("sw-free", "sw-full");
    context.memory.loop ??= { open: false, mistake: "", executed: 0, from: -1 };
    this.memory = context.memory.loop;
    this.toggle = frame.querySelector(".sw-head").appendChild(button("", () => this.open(!this.memory.open)));
    this.body = frame.appendChild(element("div", "sw-loop-body"));
    this.small = context.bar.appendChild(button(this.words.statement, () => this.step(), "sw-loop-small"));
    this.small.append(element("kbd", "", KEY.toUpperCase()));
    this.body.append(element("p", "", this.words.answer));
    this.controls(this.body.appendChild(element("div", "sw-loop-controls")));
    this.why = this.body.appendChild(element("p", "sw-loop-why"));
    this.said = this.body.appendChild(element("p", "sw-loop-state"));
    this.said.setAttribute("role", "status");
    this.inside = this.body.appendChild(element("div"));
    this.after = this.inside.appendChild(element("p", "sw-loop-after"));
    this.error = this.inside.appendChild(element("div", "sw-error"));
    const halves = this.inside.appendChild(element("div", "sw-loop-halves"));
    this.lines = titled(halves, this.words.code, element("ol", "sw-loop-lines"));
    this.found = halves.appendChild(element("div"));
    this.table = titled(this.inside, this.words.parameters, element("div", "sw-loop-rows"));
    this.rule = this.inside.appendChild(element("p", "sw-about"));
    for (const node of [this.lines, this.table]) node.tabIndex = 0;
    this.graph = new LoopGraph(titled(this.inside, this.words.graph, element("div")), spec);
    context.keys.bind(KEY, () => !this.small.disabled && this.step());
    this.open(this.memory.open);
  }

  controls(row) {
    this.forward = row.appendChild(button(this.words.next, () => this.next(), "sw-loop-next"));
    this.label = this.forward.firstChild;
    this.forward.append(element("kbd", "", KEY.toUpperCase()));
    this.top = row.appendChild(button(this.words.top, () => this.go(0)));
    const label = row.appendChild(element("label", "sw-loop-break"));
    label.append(element("span", "", this.words.break));
    this.select = label.appendChild(element("select", "sw-select"));
    for (const [name, [does]] of [["", [this.words.whole]], ...Object.entries(this.spec.mistakes)]) {
      this.select.append(Object.assign(element("option", "", does), { value: name }));
    }
    this.select.value = this.memory.mistake;
    this.select.onchange = () => this.choose(this.select.value);
    this.undo = row.appendChild(button(this.words.undo, () => this.choose("")));
  }

  get name() {
    return this.memory.mistake ? `loop:${this.memory.mistake}` : "loop";
  }

  get going() {
    return this.context.run.status === "running";
  }

  get wanted() {
    return this.memory.open && !this.going ? [this.name] : [];
  }

  open(open) {
    this.memory.open = open;
    this.toggle.textContent = open ? this.words.close : this.words.open;
    this.toggle.setAttribute("aria-expanded", String(open));
    this.body.hidden = !open;
    this.context.retarget(0);
    if (open) this.draw();
  }

  choose(mistake) {
    Object.assign(this.memory, { mistake, executed: 0 });
    this.select.value = mistake;
    this.pass = undefined;
    this.context.retarget(0);
    this.draw();
  }

  // The smaller of the two sizes of a step: first the panel comes into view, with the line that is next; then it goes on.
  step() {
    const there = this.memory.open && this.onScreen;
    if (!this.memory.open) this.open(true);
    if (!there) this.root.scrollIntoView({ block: "start" });
    else if (!this.forward.disabled) this.next();
  }

  next() {
    if (!this.over) return this.go(this.memory.executed + 1);
    this.memory.from = this.pass.step; // the picture that comes next is of a later row
    this.memory.executed = 0;
    this.context.trigger("step", this.pass.pass + 1);
    this.draw();
  }

  go(executed) {
    const slowly = executed > this.memory.executed;
    this.memory.executed = executed;
    this.draw(slowly);
  }

  // Whether every statement of the pass has been executed and another pass may follow.
  get over() {
    return this.memory.executed >= this.pass.pictures.length - 1 && this.memory.executed >= this.pass.statements.length;
  }

  status() {
    const phase = `${this.context.run.status}/${this.context.run.generation}`;
    if (phase === this.phase) return;
    const begun = this.phase !== undefined;
    this.phase = phase;
    if (begun && this.going) Object.assign(this.memory, { executed: 0, from: -1 });
    if (begun) this.context.retarget(0);
    this.draw();
  }

  views(views) {
    if (!(this.name in views) || views[this.name].going) return;
    const seen = views[this.name];
    if (this.memory.from >= 0 && seen.step === this.memory.from) return; // the run has not gone on yet
    this.memory.from = -1;
    if (this.pass?.step !== seen.step && this.pass) this.memory.executed = 0;
    this.pass = seen;
    this.context.draw(() => this.draw());
  }

  draw(slowly = false) {
    const { memory, words, pass } = this;
    this.small.disabled = this.going;
    if (!memory.open) return;
    const ready = !this.going && memory.from < 0 && pass?.pictures !== undefined;
    this.why.hidden = !memory.mistake;
    this.why.textContent = memory.mistake ? this.spec.mistakes[memory.mistake][1] : "";
    this.undo.hidden = !memory.mistake;
    this.inside.hidden = !ready;
    this.forward.disabled = this.top.disabled = true;
    if (!ready) {
      const { behind, too_far, step } = this.going ? {} : (pass ?? {});
      const coming = behind === undefined ? words.waiting : fill(words.behind, { done: behind ?? 0, step });
      this.said.textContent = this.going ? words.pause : too_far ? fill(words.too_far, { rows: too_far }) : coming;
      return;
    }
    this.show(pass, Math.min(memory.executed, pass.pictures.length - 1), slowly);
  }

  show(pass, index, slowly) {
    const { words } = this;
    const picture = pass.pictures[index];
    const all = pass.statements.length;
    this.root.dataset.executed = picture.executed;
    this.root.dataset.pass = pass.pass;
    this.said.textContent = fill(words.state, { pass: pass.pass, executed: picture.executed, all });
    const error = picture.error;
    const last = index === pass.pictures.length - 1;
    const finished = last && !error && (pass.ended || pass.pass >= (this.context.run.last ?? Infinity));
    const ended = ["finished", "stopped", "diverged", "failed"].includes(this.context.run.status);
    this.forward.disabled = Boolean(error) || (last && (finished || ended || !this.context.steered));
    this.label.textContent = last && !error ? words.go_on : words.next;
    this.top.disabled = index === 0;
    const done = pass.statements[picture.executed - 1]?.name ?? "";
    this.after.textContent = error ? "" : finished ? words.over : words[`after.${done}${without(done, picture) ? ".nothing" : ""}`];
    this.error.hidden = !error;
    if (error) this.error.replaceChildren(element("p", "", fill(words.error, { pass: error.pass })), element("pre", "", `${error.type}: ${error.text}`));
    this.listing(pass, picture);
    this.results(pass, picture, done);
    this.rows(pass, picture, done);
    this.graph.show(picture.loss && pass.graph, picture.arrived, slowly && done === "backward");
  }

  listing(pass, picture) {
    const failed = picture.error ? pass.statements[picture.executed] : undefined;
    const next = picture.next === null ? failed : pass.statements[picture.next];
    const executed = new Set(pass.statements.slice(0, picture.executed).map(({ line }) => line));
    this.lines.replaceChildren(...pass.lines.map(({ number, text, statement, edit }) => {
      const line = element("li");
      if (statement) line.dataset.statement = statement;
      if (edit) line.dataset.edit = edit;
      if (next?.line === number) line.setAttribute("aria-current", "step");
      const sign = failed && next?.line === number ? "✕" : next?.line === number ? "▶" : executed.has(number) ? "✓" : "";
      line.append(element("span", "", String(number)), element("span", "", sign), element("code", "", text));
      return line;
    }));
  }

  results(pass, picture, done) {
    const { words } = this;
    const list = element("dl", "sw-loop-found");
    const put = (name, ...lines) => {
      const value = element("dd");
      value.append(...lines.map((line) => element("div", "", line)));
      list.append(element("dt", "", name), value);
    };
    const { prediction, loss, kept } = picture;
    if (prediction) put(words.prediction, `${shape(prediction.shape)} ${prediction.dtype}`, numbers(prediction));
    else put(words.prediction, words.not_yet);
    if (loss) put(words.loss, fixed(toNumber(loss.value), 6), `grad_fn: ${loss.grad_fn}`);
    else put(words.loss, words.not_yet);
    if (kept) put("losses", fill(kept.bytes ? words.kept : words.kept_released, kept));
    list.dataset.done = done;
    this.found.replaceChildren(list, ...(pass.losses.length > 1 ? [this.curve(pass)] : []));
  }

  // The run's loss and that of the broken program, pass by pass, on one scale that ends where the run's begins.
  curve({ losses }) {
    const { store } = this.context;
    const steps = store.columns.step;
    const own = steps.map((step, row) => [step, store.columns.loss?.[row]]).filter(([step, loss]) => step <= losses.at(-1)[0] && Number.isFinite(loss));
    const top = 1.5 * Math.max(...own.map(([, loss]) => loss), losses[0][1]);
    const across = ([step]) => (100 * (step - losses[0][0])) / Math.max(1, losses.at(-1)[0] - losses[0][0]);
    const points = (line) => line.map((point) => `${across(point)},${40 * (1 - Math.min(top, toNumber(point[1])) / top)}`).join(" ");
    const picture = svg("svg", { class: "sw-loop-curve", viewBox: "0 -1 100 42", preserveAspectRatio: "none", role: "img", "aria-label": this.words.curve });
    svg("polyline", { points: points(own), class: "sw-loop-run" }, picture);
    svg("polyline", { points: points(losses.filter(([, loss]) => Number.isFinite(loss))) }, picture);
    const figure = element("div");
    figure.append(element("p", "sw-about", this.words.curve), picture);
    return figure;
  }

  rows({ optimizer }, picture, done) {
    const { parameters } = picture;
    const { words } = this;
    const stepped = parameters.some(({ before }) => before);
    const heads = [words.parameter, words.value, ".grad", ...(stepped ? [words.before, words.difference, "−lr·grad"] : [])];
    const table = element("table");
    const head = table.createTHead().insertRow();
    head.append(...heads.map((text) => Object.assign(element("th", "", text), { scope: "col" })));
    const body = table.createTBody();
    for (const { name, value, grad, before, difference, descent } of parameters) {
      const row = body.insertRow();
      row.dataset.parameter = name;
      const first = Object.assign(element("th", "", name), { scope: "row" });
      first.append(element("small", "", shape(value.shape)));
      const fresh = { value: done === "step", grad: done === "backward" || done === "zero_grad" };
      row.append(first, this.cell(value, fresh.value, "value"), this.cell(grad, fresh.grad, "grad"));
      if (stepped) row.append(this.cell(before, false, "before"), this.cell(difference, true, "difference"), this.cell(descent, false, "descent"));
    }
    this.table.replaceChildren(table);
    this.rule.textContent = optimizer && stepped && !without("step", picture) ? fill(optimizer.plain ? words.plain : words.other, optimizer) : "";
  }

  cell(tensor, fresh, name) {
    const cell = element("td", fresh ? "sw-fresh" : "", tensor ? numbers(tensor) : "None");
    cell.dataset.of = name;
    if (tensor && tensor.shape.reduce((product, size) => product * size, 1) > 1) {
      cell.append(element("small", "", fill(this.words.more, tensor)));
    }
    return cell;
  }

  destroy() {
    this.small.remove();
  }
}

function button(text, pressed, name = "") {
  const made = element("button", `sw-button ${name}`);
  made.append(document.createTextNode(text));
  return Object.assign(made, { type: "button", onclick: pressed });
}

function titled(parent, title, node) {
  const box = parent.appendChild(element("div"));
  box.append(element("h4", "", title), node);
  if (node.matches(".sw-loop-lines, .sw-loop-rows")) node.setAttribute("aria-label", title);
  return node;
}

// Whether a statement has run and done nothing to these parameters, as in some broken programs.
function without(done, { parameters }) {
  if (done === "zero_grad") return parameters.some(({ grad }) => grad);
  return done === "step" && parameters.every(({ difference }) => difference?.norm === 0);
}

// The first values of a tensor.
function numbers({ values, shape: sizes }) {
  const all = sizes.reduce((product, size) => product * size, 1);
  return `${values.map((value) => short(toNumber(value))).join(", ")}${all > values.length ? " …" : ""}`;
}
