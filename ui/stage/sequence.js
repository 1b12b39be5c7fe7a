// What the panels of a sequence share: their style, the window that moves over a long text, canvases and their colours.

import { element } from "./format.js";

const MOVED = 150; // ms after the last movement of a slider until the server is asked

await new Promise((resolve) => {
  const href = new URL("sequence.css", import.meta.url).href;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: resolve });
  document.head.append(link);
});

// What is chosen; before anybody has chosen, a position with some past behind it.
export function placeOf({ chosen }, name) {
  return chosen[name] ?? (name === "position" ? 11 : 0);
}

// A slider bound to something that is chosen on the whole page (`offset`, `position`); hidden while there is one place only.
export class Slider {
  constructor(parent, context, name, label) {
    Object.assign(this, { context, name });
    this.box = parent.appendChild(element("label", "sw-slider"));
    this.box.append(element("span", "", label));
    this.input = this.box.appendChild(Object.assign(document.createElement("input"), { type: "range", min: 0, max: 0, step: 1 }));
    this.output = this.box.appendChild(element("output", "", "0"));
    this.box.hidden = true;
    this.input.oninput = () => {
      this.output.textContent = this.input.value;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => context.choose({ [name]: Number(this.input.value) }), MOVED);
    };
  }

  // `last`: the last place there is.
  show(last) {
    this.box.hidden = last < 1;
    this.input.max = Math.max(0, last);
    if (document.activeElement === this.input) return;
    const value = String(Math.min(last, placeOf(this.context, this.name)));
    if (this.input.value !== value) this.input.value = value;
    this.output.textContent = value;
  }
}

// A canvas of crisp pixels; draw(context2d, width, height) is given CSS pixels.
export class Sheet {
  constructor(parent, className = "sw-sheet") {
    this.node = parent.appendChild(element("canvas", className));
    this.pen = this.node.getContext("2d");
  }

  draw(width, height, paint) {
    const scale = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.node.width !== w || this.node.height !== h) {
      Object.assign(this.node, { width: w, height: h });
      Object.assign(this.node.style, { width: `${width}px`, height: `${height}px` });
    }
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.pen.clearRect(0, 0, width, height);
    paint(this.pen);
  }
}

// Numbers of both signs: one colour above zero, another below, both from the background.
export function signed(theme, value, largest = 1) {
  if (!Number.isFinite(value)) return theme.colors.bad;
  const strength = Math.min(1, Math.abs(value) / (largest || 1));
  return shade(value < 0 ? theme.colors.loss : theme.colors.validation, strength);
}

// Shares from 0 to 1.
export function share(theme, value) {
  return Number.isFinite(value) ? shade(theme.colors.loss, value) : theme.colors.bad;
}

// A colour over the background, as strong as `strength` from 0 to 1.
export function shade(color, strength) {
  const red = parseInt(color.slice(1, 3), 16);
  const green = parseInt(color.slice(3, 5), 16);
  const blue = parseInt(color.slice(5, 7), 16);
  return `rgba(${red},${green},${blue},${(0.06 + 0.94 * strength).toFixed(3)})`;
}

export function type(context, size) {
  return `${context.projector ? size * 1.35 : size}px ${context.theme.font}`;
}

// The same in words: for those who cannot see the drawing.
export function spoken(frame, figure, title) {
  const words = frame.appendChild(element("p", "sw-unseen"));
  words.id = `sw-words-${frame.dataset.panel}`;
  const attributes = { role: "img", tabindex: "0", "aria-label": title, "aria-describedby": words.id };
  for (const [name, value] of Object.entries(attributes)) figure.setAttribute(name, value);
  return (text) => words.textContent !== text && (words.textContent = text);
}

// A small note beside the pointer, inside the panel.
export class Note {
  constructor(frame) {
    this.frame = frame;
    this.box = frame.appendChild(element("div", "sw-note"));
    this.box.hidden = true;
  }

  show(text, event) {
    this.box.textContent = text;
    this.box.hidden = false;
    const bounds = this.frame.getBoundingClientRect();
    const left = Math.min(event.clientX - bounds.left + 14, bounds.width - this.box.offsetWidth - 6);
    this.box.style.left = `${Math.max(4, left)}px`;
    this.box.style.top = `${event.clientY - bounds.top + 16}px`;
  }

  hide() {
    this.box.hidden = true;
  }
}

// Calls back when the element's width has changed.
export function onWidth(node, changed) {
  let width = node.clientWidth;
  const observer = new ResizeObserver(() => node.clientWidth !== width && ((width = node.clientWidth), changed()));
  observer.observe(node);
  return observer;
}
