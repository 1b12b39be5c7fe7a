// Drawing pad: strokes of a pen on a square, as points from 0 to 1.

import { element } from "./format.js";
import { described, onSize, pen } from "./picture.js";

const APART = 0.012; // between two points of a stroke
const WIDTH = 0.055; // of the pen
const NUDGE = 0.05; // that an arrow key moves the pen
const MOVES = { ArrowLeft: [-NUDGE, 0], ArrowRight: [NUDGE, 0], ArrowUp: [0, -NUDGE], ArrowDown: [0, NUDGE] };

export class DrawingPad {
  // `panel` has the `strokes`; `changed()` is called whenever they are other ones.
  constructor(node, panel, changed) {
    Object.assign(this, { node, panel, changed, stroke: null, cross: null, down: false });
    this.canvas = node.appendChild(element("canvas"));
    this.say = described(node, node, panel.spec);
    node.setAttribute("role", "application"); // arrow keys draw
    node.setAttribute("aria-label", panel.spec.words.pad);
    node.addEventListener("pointerdown", (event) => this.begin(event));
    node.addEventListener("pointermove", (event) => this.go(event));
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => (this.stroke = null));
    node.addEventListener("keydown", (event) => this.key(event));
    node.addEventListener("blur", () => this.lift());
    this.sizes = onSize(node, () => this.draw());
  }

  // The square in the middle of the node: [left, top, side].
  get square() {
    const { clientWidth: width, clientHeight: height } = this.node;
    const side = Math.min(width, height);
    return [(width - side) / 2, (height - side) / 2, side];
  }

  place({ clientX, clientY }) {
    const box = this.node.getBoundingClientRect();
    const [left, top, side] = this.square;
    return [(clientX - box.left - left) / side, (clientY - box.top - top) / side].map((value) => Math.max(0, Math.min(1, value)));
  }

  begin(event) {
    if (event.button) return;
    this.node.setPointerCapture(event.pointerId);
    event.preventDefault();
    this.node.focus({ preventScroll: true });
    this.lift();
    this.stroke = [];
    this.panel.strokes.push(this.stroke);
    this.add(this.place(event));
  }

  // All places that the pointer has been at since it was last heard of.
  go(event) {
    if (!this.stroke) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length ? events : [event]) this.add(this.place(one));
  }

  add(point) {
    const last = this.stroke.at(-1);
    if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < APART) return;
    this.stroke.push(point.map((value) => Math.round(1000 * value) / 1000));
    this.changed();
  }

  clear() {
    this.panel.strokes.length = 0;
    this.stroke = null;
    this.changed();
  }

  // Arrow keys move the pen, Enter puts it down and lifts it, Backspace takes the last stroke away, Delete all of them.
  key(event) {
    const moved = MOVES[event.key];
    if ((!moved && !["Enter", "Backspace", "Delete"].includes(event.key)) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.cross ??= [0.5, 0.2];
    if (event.key === "Delete") this.clear();
    if (event.key === "Backspace") {
      this.panel.strokes.pop();
      this.lift();
      this.changed();
    }
    if (moved) this.cross = this.cross.map((value, axis) => Math.max(0, Math.min(1, value + moved[axis])));
    if (event.key === "Enter") this.put();
    else if (moved && this.down) this.add(this.cross);
    this.draw();
  }

  put() {
    this.down = !this.down;
    this.stroke = this.down ? [] : null;
    if (!this.down) return;
    this.panel.strokes.push(this.stroke);
    this.add(this.cross);
  }

  lift() {
    Object.assign(this, { cross: null, down: false, stroke: null });
    this.draw();
  }

  draw() {
    const [left, top, side] = this.square;
    if (!side) return;
    const { theme, projector } = this.panel.context;
    const brush = pen(this.canvas, this.node.clientWidth, this.node.clientHeight);
    brush.fillStyle = theme.surface;
    brush.fillRect(left, top, side, side);
    Object.assign(brush, { strokeStyle: theme.text, fillStyle: theme.text, lineWidth: WIDTH * side, lineCap: "round", lineJoin: "round" });
    const at = ([x, y]) => [left + x * side, top + y * side];
    for (const stroke of this.panel.strokes) {
      brush.beginPath();
      stroke.forEach((point, place) => brush[place ? "lineTo" : "moveTo"](...at(point)));
      if (stroke.length === 1) brush.lineTo(...at(stroke[0]));
      brush.stroke();
    }
    if (this.cross) this.pointer(brush, at(this.cross), theme);
    if (this.panel.strokes.length) return;
    Object.assign(brush, { font: `${projector ? 17 : 13}px ${theme.font}`, textAlign: "center", globalAlpha: 0.75 });
    this.panel.spec.words.hint.split("\n").forEach((line, place) => brush.fillText(line, left + side / 2, top + side * 0.48 + 19 * place, side - 12));
    brush.globalAlpha = 1;
  }

  // Where the arrow keys have brought the pen; full while it is down.
  pointer(brush, [x, y], theme) {
    brush.lineWidth = 2;
    brush.strokeStyle = theme.colors.loss;
    brush.fillStyle = theme.colors.loss;
    brush.beginPath();
    brush.arc(x, y, 6, 0, 2 * Math.PI);
    if (this.down) brush.fill();
    brush.stroke();
    brush.fillStyle = theme.text;
  }

  close() {
    this.sizes.disconnect();
  }
}
