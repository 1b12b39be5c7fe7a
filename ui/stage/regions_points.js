// Points: a learner's own, put on the regions and taken off with mouse, touch or keyboard, also while the run goes on.
// A stroke is one change of the run's table of points: it is sent when it ends.

import { element, fill } from "./format.js";
import { crosshair, sign } from "./picture.js";

const APART = 14; // px between two points of a stroke, and from a point at which the eraser takes it
const NUDGE = 12; // px that an arrow key moves the cross
const DECIMALS = 1000; // as the config keeps them
const MOST = 500;

export class Points {
  // `picture` is the panel that shows them: its `picture.points`, its area, and `place(event)` in it.
  constructor(panel, head) {
    Object.assign(this, { panel, memory: panel.context.memory, cross: null, stroke: null });
    this.tools = head.appendChild(element("span", "sw-tools"));
    this.tools.setAttribute("role", "group");
    this.said = head.appendChild(element("span", "sw-unseen"));
    this.said.setAttribute("aria-live", "polite");
    if (this.memory.said) this.say(...this.memory.said);
    const { body } = panel;
    body.addEventListener("pointerdown", (event) => this.begin(event));
    body.addEventListener("pointermove", (event) => this.go(event));
    body.addEventListener("pointerup", () => this.end());
    body.addEventListener("pointercancel", () => this.end());
    body.addEventListener("keydown", (event) => this.key(event));
    body.addEventListener("blur", () => this.point(null));
  }

  get words() {
    return this.panel.spec.words;
  }

  // What is not with the run yet, the chosen tool, and what was said: a panel that is made anew, as by another theme, goes on with them.
  get own() {
    return this.memory.own ?? null;
  }

  set own(rows) {
    this.memory.own = rows;
  }

  get kind() {
    return this.memory.kind ?? 0;
  }

  set kind(kind) {
    this.memory.kind = kind;
  }

  // Whether this visitor draws now: on points of their own, in a run that they steer.
  get active() {
    return this.panel.context.steered && this.drawn;
  }

  // The points as this visitor has left them; the picture's once the run has taken them.
  get rows() {
    const { x, y, label } = this.panel.picture.points;
    return this.own ?? x.map((across, index) => [across, y[index], label[index]]);
  }

  // The tools for points of these classes; for other data a press that makes them one's own. Facts come anew with the run.
  offer(facts) {
    const { classes, own: drawn, labels: { length: count } } = facts;
    this.drawn = drawn;
    if (this.memory.facts !== facts) Object.assign(this.memory, { facts, own: null });
    this.panel.body.classList.toggle("sw-drawing", Boolean(this.active));
    if (!this.panel.context.steered) return this.tools.replaceChildren();
    if (!drawn) return this.tools.replaceChildren(this.taking(count));
    const { theme } = this.panel.context;
    const kinds = classes.map((name, kind) => this.tool(kind, fill(this.words.put, { class: name }), sign(kind, theme.classes[kind])));
    this.tools.replaceChildren(...kinds, this.tool(-1, this.words.erase, "⌫"));
    this.choose(this.kind < classes.length ? this.kind : 0);
  }

  taking(count) {
    const button = element("button", "sw-button", count <= MOST ? this.words.draw : fill(this.words.draw_first, { most: MOST }));
    button.type = "button";
    button.onclick = () => {
      const classes = this.panel.context.allViews.facts.classes.length;
      this.panel.context.trigger("remedy", { data: "own", classes, table: this.rows.slice(0, MOST), test_share: 0, label_noise: 0 });
    };
    return button;
  }

  tool(kind, label, face) {
    const button = element("button", "sw-button sw-tool");
    Object.assign(button, { type: "button", title: label });
    button.setAttribute("aria-label", label);
    button.dataset.kind = kind;
    button.append(face);
    button.onclick = () => this.choose(kind);
    return button;
  }

  choose(kind) {
    this.kind = kind;
    for (const button of this.tools.children) button.setAttribute("aria-pressed", String(Number(button.dataset.kind) === kind));
  }

  // The run's own points have come: once they are what was drawn, they are what counts.
  renew() {
    const { x, y, label } = this.panel.picture.points;
    const taken = this.own?.length === x.length && this.own.every(([across, up, kind], at) => across === x[at] && up === y[at] && kind === label[at]);
    if (taken && !this.stroke) this.own = null;
  }

  // --- strokes ------------------------------------------------------------------------------------------------------

  begin(event) {
    if (!this.active || event.button || !this.panel.place(event)) return;
    this.panel.body.setPointerCapture(event.pointerId);
    event.preventDefault();
    this.panel.body.focus({ preventScroll: true });
    this.stroke = { last: null };
    this.go(event);
  }

  go(event) {
    const place = this.stroke && this.panel.place(event);
    if (!place) return;
    const { last } = this.stroke;
    if (last && Math.hypot(event.clientX - last[0], event.clientY - last[1]) < APART) return;
    this.stroke.last = [event.clientX, event.clientY];
    this.touch(place);
  }

  end() {
    if (!this.stroke) return;
    this.stroke = null;
    this.send();
  }

  // One point more at a place of the picture, or those away that lie there.
  touch([x, y]) {
    const { panel } = this;
    const before = this.rows;
    if (this.kind >= 0 && before.length >= MOST) return this.say(fill(this.words.full, { most: MOST }), true);
    const rounded = panel.value([x, y]).map((value) => Math.round(value * DECIMALS) / DECIMALS);
    this.own = this.kind < 0
      ? before.filter(([across, up]) => Math.hypot(panel.toX(across) - x, panel.toY(up) - y) > APART)
      : [...before, [...rounded, this.kind]];
    panel.redraw();
  }

  async send() {
    const { own } = this;
    if (!own) return;
    if (new Set(own.map(([, , kind]) => kind)).size < 2) return this.say(this.words.two, true);
    const { field, context } = { field: this.panel.spec.draws, context: this.panel.context };
    const answer = await context.steering.send({ command: "change", field, value: own, lang: document.documentElement.lang });
    if (!answer.error) return this.say(fill(this.words.points, { count: own.length }));
    this.own = null;
    this.say(answer.text ?? this.words.lost, true);
    this.panel.redraw();
  }

  // What was done is heard, what was refused is also seen.
  say(text, seen = false) {
    this.memory.said = [text, seen];
    this.said.className = seen ? "sw-said" : "sw-unseen";
    this.said.textContent = text;
  }

  // --- keyboard -----------------------------------------------------------------------------------------------------

  key(event) {
    const moved = { ArrowLeft: [-NUDGE, 0], ArrowRight: [NUDGE, 0], ArrowUp: [0, -NUDGE], ArrowDown: [0, NUDGE] }[event.key];
    const does = moved || ["Enter", "Delete", "Backspace"].includes(event.key);
    if (!this.active || !does || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { area } = this.panel;
    const [x, y] = this.cross ?? [area.left + area.width / 2, area.top + area.height / 2];
    if (moved) {
      const inside = (value, low, size) => Math.max(low + 1, Math.min(low + size - 1, value));
      return this.point([inside(x + moved[0], area.left, area.width), inside(y + moved[1], area.top, area.height)]);
    }
    const { kind } = this;
    if (event.key !== "Enter") this.kind = -1;
    this.touch([x, y]);
    this.kind = kind;
    this.point([x, y]);
    this.send();
  }

  point(cross) {
    this.cross = cross;
    this.panel.redraw();
  }

  // The cross that the arrow keys move, over everything.
  draw(brush) {
    if (this.cross) crosshair(brush, this.cross, this.panel.context.theme, this.kind);
  }
}
