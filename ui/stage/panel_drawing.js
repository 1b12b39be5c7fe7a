// Drawing: a digit of one's own, by mouse, touch or keyboard. Its strokes are kept as points; NIST's steps make 8 × 8 squares of them,
// and the network reads those while one draws, and while it learns. Told what it is, it joins the digits that train.

import { inked, picture } from "./digits.js";
import { DrawingPad } from "./drawing_pad.js";
import { element, fill } from "./format.js";
import { inkOf, squares } from "./ink.js";
import { steps } from "./nist.js";
import { pen } from "./picture.js";

const MAPS = 100; // ms between two questions for all layers while a stroke grows: they are drawn ten times a second
const THUMB = 44; // px of a step's picture
const KINDS = 10;

export function create(frame, spec, context) {
  return new Drawing(frame, spec, context);
}

class Drawing {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, mapped: 0, own: [], memory: context.memory });
    this.memory.strokes ??= [];
    const head = frame.querySelector(".sw-head");
    this.clear = this.button(head, "⌫", spec.words.clear, () => this.pad.clear());
    const body = frame.appendChild(element("div", "sw-drawing-body sw-fill"));
    this.pad = new DrawingPad(body.appendChild(element("div", "sw-picture sw-drawing sw-pad")), this, () => this.changed());
    this.reads = body.appendChild(element("div", "sw-reads"));
    this.rows = this.chances(this.reads);
    this.steps = body.appendChild(element("div", "sw-stages"));
    this.pictures = ["drawn", "stretched", "width", "upright", "squares"].map((name) => this.step(name));
    this.owned = this.steps.appendChild(element("div", "sw-owned"));
    this.spoken = frame.appendChild(element("p", "sw-unseen"));
    this.spoken.setAttribute("aria-live", "polite");
    this.show();
  }

  // What follows the hand does not wait for a turn among the pictures: ten bars are drawn at once.
  get light() {
    return true;
  }

  button(parent, text, label, press) {
    const made = parent.appendChild(element("button", "sw-button sw-tool", text));
    Object.assign(made, { type: "button", title: label, ariaLabel: label, onclick: press });
    return made;
  }

  get strokes() {
    return this.memory.strokes;
  }

  get wanted() {
    return this.ink ? [`reads:${this.ink}`, "own"] : ["own"];
  }

  // A line for each digit: a press says that this is what was drawn.
  chances(parent) {
    return Array.from({ length: KINDS }, (_, kind) => {
      const row = parent.appendChild(element("div", "sw-read"));
      const label = fill(this.spec.words.add, { digit: kind });
      const name = this.context.steered ? this.button(row, String(kind), label, () => this.add(kind)) : row.appendChild(element("span", "", String(kind)));
      const track = row.appendChild(element("span", "sw-track"));
      const bar = track.appendChild(element("span"));
      const share = row.appendChild(element("strong", "", "–"));
      return { row, name, bar, share };
    });
  }

  step(name) {
    const figure = this.steps.appendChild(element("figure"));
    const canvas = figure.appendChild(element("canvas"));
    const caption = figure.appendChild(element("figcaption", "", this.spec.words[name]));
    return { name, canvas, caption };
  }

  // --- what was drawn -----------------------------------------------------------------------------------------------

  // The network is asked at once; what is to be seen of it waits for the next frame, which many points of a stroke share.
  changed() {
    this.follow();
    this.drawing ??= requestAnimationFrame(() => this.draw());
  }

  show() {
    this.follow();
    this.draw();
  }

  // The squares of the drawing as it is; they cost a millisecond.
  follow() {
    this.found = steps(this.strokes);
    this.ink = this.found && inkOf(this.found.squares);
    if (!this.ink) this.read(null);
    else if (this.ink !== this.seen) this.ask();
    this.reads.ariaBusy = String(this.ink !== this.seen);
  }

  draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = undefined;
    const { words } = this.spec;
    this.pad.draw();
    this.clear.disabled = !this.ink;
    for (const { name } of this.rows) if (name.tagName === "BUTTON") name.disabled = !this.ink;
    this.pictures.forEach(({ name, canvas, caption }) => {
      this.thumb(canvas, this.ink && this.bitmap(name));
      if (name === "width") caption.textContent = this.found ? fill(words.thickness[this.found.width.times], { ink: this.found.width.ink }) : words.width;
    });
  }

  bitmap(name) {
    const found = this.found[name];
    if (name === "squares") return { width: 8, values: squares(this.ink) };
    const { width, bits } = found.bitmap ?? found;
    return { width, values: [...bits] };
  }

  // On a square, in its own proportions.
  thumb(canvas, found) {
    const size = THUMB * (this.context.projector ? 1.3 : 1);
    const brush = pen(canvas, size, size);
    brush.imageSmoothingEnabled = false;
    if (!found) return;
    const height = found.values.length / found.width;
    const scale = size / Math.max(found.width, height);
    const [wide, tall] = [found.width * scale, height * scale];
    brush.drawImage(picture(found.values, found.width, inked(this.context.theme)), (size - wide) / 2, (size - tall) / 2, wide, tall);
  }

  // One question at a time, each about the newest squares: what the hand has left behind is not asked for any more. The probabilities
  // come first, by themselves; all layers of a digit are ten times as much to send and to draw.
  async ask() {
    if (this.asking) return;
    this.asking = true;
    for (let asked = null; asked !== this.ink && this.ink; ) {
      asked = this.ink;
      await this.context.glance(`reads:${asked}`);
      const found = this.context.allViews[`reads:${asked}`];
      if (found && this.ink && asked !== this.ink) this.read(asked, found.probabilities); // one answer behind a fast hand
    }
    this.asking = false;
    this.map ??= setTimeout(() => this.choose(), Math.max(0, this.mapped + MAPS - performance.now()));
  }

  // The other panels show this digit, too.
  choose() {
    this.map = undefined;
    this.mapped = performance.now();
    if (!this.ink || this.ink === this.context.chosen.digit) return;
    this.context.choose({ digit: this.ink, digitNumber: null, digitKind: null });
    this.context.glance(`layers:${this.ink}`);
  }

  // --- what the network makes of it ---------------------------------------------------------------------------------

  views(views) {
    if (views.own) this.keep(views.own);
    const found = views[`reads:${this.ink}`] ?? views[`layers:${this.ink}`];
    if (found) this.context.draw(() => this.read(this.ink, found.probabilities));
  }

  read(ink, probabilities = null) {
    const most = probabilities && Math.max(...probabilities);
    this.rows.forEach(({ row, bar, share }, kind) => {
      const chance = probabilities?.[kind] ?? 0;
      bar.style.width = `${100 * chance}%`;
      share.textContent = probabilities ? `${(100 * chance).toFixed(0)} %` : "–";
      row.classList.toggle("sw-most", probabilities !== null && chance === most);
    });
    this.pad.node.dataset.reads = probabilities ? probabilities.indexOf(most) : "";
    this.seen = ink;
    this.reads.ariaBusy = String(this.ink !== ink);
  }

  alt() {
    const { reads } = this.pad.node.dataset;
    this.pad.say(reads ? fill(this.spec.words.alt, { digit: reads }) : this.spec.words.hint);
  }

  // --- what joins the training digits -------------------------------------------------------------------------------

  async add(kind) {
    if (!this.ink) return;
    await this.send([...this.own, [this.ink, kind]], fill(this.spec.words.added, { digit: kind, count: this.own.length + 1 }));
  }

  async send(value, said) {
    const command = { command: "change", field: this.spec.field, value, lang: document.documentElement.lang };
    const answer = await this.context.steering.send(command);
    this.spoken.textContent = answer.error ? answer.text ?? this.spec.words.lost : said;
    if (!answer.error) this.keep(value);
  }

  // The digits that have joined, each with what it is; a press takes one away.
  keep(own) {
    if (JSON.stringify(own) === JSON.stringify(this.own)) return;
    this.own = own;
    this.owned.replaceChildren(...own.map(([ink, kind], place) => this.joined(ink, kind, place)));
  }

  joined(ink, kind, place) {
    const label = fill(this.spec.words.take, { digit: kind });
    const button = element("button", "sw-digit");
    Object.assign(button, { type: "button", title: label, ariaLabel: label, disabled: !this.context.steered });
    button.onclick = () => this.send(this.own.filter((_, at) => at !== place), fill(this.spec.words.taken, { count: this.own.length - 1 }));
    this.thumb(button.appendChild(element("canvas")), { width: 8, values: squares(ink) });
    button.append(element("span", "", String(kind)));
    return button;
  }

  destroy() {
    cancelAnimationFrame(this.drawing);
    clearTimeout(this.map);
    this.pad.close();
  }
}
