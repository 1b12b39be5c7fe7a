// Picture: what the panels that draw by hand share: SVG elements, a sharp canvas, colours as numbers, a tip, words.

import { element } from "./format.js";

export function svg(tag, attributes = {}, parent = null) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(made, attributes);
  parent?.append(made);
  return made;
}

export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

// The pen of a canvas that is `width` by `height` CSS pixels, wiped, at the screen's own resolution.
export function pen(canvas, width, height) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) {
    Object.assign(canvas, { width: across, height: down });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  }
  const made = canvas.getContext("2d");
  made.setTransform(ratio, 0, 0, ratio, 0, 0);
  made.clearRect(0, 0, width, height);
  return made;
}

const known = new Map();

// A CSS colour as [red, green, blue], each 0 to 255.
export function channels(css) {
  if (!known.has(css)) {
    const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    known.set(css, [...context.getImageData(0, 0, 1, 1).data].slice(0, 3));
  }
  return known.get(css);
}

export function mixed(from, to, share) {
  return from.map((channel, index) => Math.round(channel + (to[index] - channel) * share));
}

// Calls back when the element has another width or height; what is in it must not stretch it.
export function onSize(node, changed) {
  let [width, height] = [node.clientWidth, node.clientHeight];
  const observer = new ResizeObserver(() => {
    if (node.clientWidth === width && node.clientHeight === height) return;
    [width, height] = [node.clientWidth, node.clientHeight];
    changed();
  });
  observer.observe(node);
  return observer;
}

// A line for a legend, as the class `name` paints it.
export function stroke(name) {
  const made = svg("svg", { class: "sw-stroke", viewBox: "0 0 24 6", "aria-hidden": "true" });
  svg("line", { x1: 0, x2: 24, y1: 3, y2: 3, class: name }, made);
  return made;
}

// The same in a sentence, for those who cannot see the drawing. Returns what sets the sentence.
export function described(node, frame, spec) {
  const words = frame.appendChild(element("p", "sw-unseen"));
  words.id = `sw-alt-${spec.id}`;
  set(node, { role: "img", tabindex: "0", "aria-label": spec.title, "aria-describedby": words.id });
  return (text) => {
    if (words.textContent !== text) words.textContent = text;
  };
}

// A button that stays pressed.
export function toggle(label, pressed, changed) {
  const button = element("button", "sw-button sw-toggle", label);
  button.type = "button";
  button.setAttribute("aria-pressed", String(pressed));
  button.onclick = () => {
    const now = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(now));
    changed(now);
  };
  return button;
}

// A few lines beside the pointer: they follow it, and what is drawn anew under it.
export class Tip {
  constructor(frame) {
    this.frame = frame;
    this.box = frame.appendChild(element("div", "sw-tip"));
    this.box.hidden = true;
  }

  // lines(event): what stands under the pointer, or none.
  over(node, lines) {
    node.onpointermove = (event) => {
      this.pointed = { node, event };
      this.show(event, lines(event));
    };
    node.onpointerleave = () => {
      this.pointed = null;
      this.hide();
    };
  }

  // After a drawing: the pointer has not moved, what lies under it may have.
  renew() {
    if (this.pointed?.node.isConnected) this.pointed.node.onpointermove(this.pointed.event);
    else this.hide();
  }

  show({ clientX, clientY }, lines) {
    if (!lines.length) return this.hide();
    const frame = this.frame.getBoundingClientRect();
    this.box.hidden = false;
    this.box.replaceChildren(...lines.map((line) => (line instanceof Node ? line : element("div", "", line))));
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const left = clientX - frame.left + 14;
    this.box.style.left = `${Math.max(4, left + width > frame.width ? left - width - 28 : left)}px`;
    const top = clientY - frame.top - height - 8;
    this.box.style.top = `${top < 4 ? clientY - frame.top + 18 : top}px`;
  }

  hide() {
    this.box.hidden = true;
  }
}

// The marks of the classes: a circle, a square, a triangle, a diamond, a triangle on its tip, a plus, a cross, a pentagon,
// a star, a bar; corners in units of the radius.
// Colour is never the only sign.
const CORNERS = [
  null,
  [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]],
  [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]],
  [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
  [[0, 1.2], [1.1, -0.8], [-1.1, -0.8]],
  [[-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4], [0.4, 1.1], [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4]],
  [[0, -0.5], [0.6, -1.1], [1.1, -0.6], [0.5, 0], [1.1, 0.6], [0.6, 1.1], [0, 0.5], [-0.6, 1.1], [-1.1, 0.6], [-0.5, 0], [-1.1, -0.6], [-0.6, -1.1]],
  around(5, () => 1.15),
  around(10, (corner) => (corner % 2 ? 0.55 : 1.35)),
  [[-0.45, -1.3], [0.45, -1.3], [0.45, 1.3], [-0.45, 1.3]],
];

// So many corners, the first on top, each as far from the middle as `reach` says.
function around(count, reach) {
  return Array.from({ length: count }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / count;
    return [reach(corner) * Math.sin(angle), -reach(corner) * Math.cos(angle)];
  });
}

// The path of the mark of class `kind` round (x, y).
export function mark(brush, kind, x, y, r) {
  brush.beginPath();
  if (kind === 0) brush.arc(x, y, r, 0, 2 * Math.PI);
  else {
    for (const [across, down] of CORNERS[kind]) brush.lineTo(x + r * across, y + r * down);
    brush.closePath();
  }
}

// The mark of a class for a legend.
export function sign(kind, shade) {
  const made = svg("svg", { class: "sw-sign", viewBox: "-7 -7 14 14", "aria-hidden": "true", fill: shade });
  if (kind === 0) svg("circle", { r: 5 }, made);
  else svg("polygon", { points: CORNERS[kind].map(([x, y]) => `${5 * x},${5 * y}`).join(" ") }, made);
  return made;
}

// Where the keyboard is, and the sign of the class that it would put there.
export function crosshair(brush, [x, y], theme, kind) {
  Object.assign(brush, { strokeStyle: theme.text, fillStyle: theme.classes[kind] ?? theme.background, lineWidth: 1.5 });
  brush.beginPath();
  for (const [across, up] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    brush.moveTo(x + 5 * across, y + 5 * up);
    brush.lineTo(x + 13 * across, y + 13 * up);
  }
  brush.stroke();
  mark(brush, Math.max(0, kind), x, y, 3);
  brush.fill();
  brush.stroke();
}
