// Histograms: how each layer's weights and gradients are spread, and how that has moved: earlier ones behind, the newest in front.

import { element, fill, short } from "./format.js";
import { channels, described, onSize, pen } from "./picture.js";
import { color } from "./theme.js";

const QUANTITIES = [["weights", "W"], ["gradients", "gradient"]];

export function create(frame, spec, context) {
  return new Histograms(frame, spec, context);
}

class Histograms {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, wanted: [spec.view], cells: [] });
    this.size = context.projector ? 15 : 11;
    this.grid = frame.appendChild(element("div", "sw-ridges sw-fill sw-scrolls"));
    this.say = described(this.grid, frame, spec);
    this.moments = []; // the histograms of all layers, oldest first; the last are those of now
    this.sizes = onSize(this.grid, () => this.redraw());
  }

  views(views) {
    if (!(this.spec.view in views)) return;
    const { layers, earlier } = views[this.spec.view];
    this.moments = [...earlier, layers];
    this.redraw();
  }

  redraw() {
    this.context.draw(() => this.draw());
  }

  draw() {
    this.width = this.grid.clientWidth;
    const newest = this.moments[this.moments.length - 1];
    if (!newest || !this.width) return;
    if (this.count !== newest.length) {
      this.count = newest.length;
      this.make(this.count);
    }
    for (const cell of this.cells) this.ridges(cell);
  }

  make(count) {
    const layers = Array.from({ length: count }, (_, layer) => layer);
    this.cells = layers.flatMap((layer) => QUANTITIES.map(([quantity, role]) => {
      const figure = element("figure");
      const canvas = figure.appendChild(element("canvas"));
      figure.append(element("figcaption", "", fill(this.spec.words[quantity], { layer: layer + 1 })));
      return { figure, canvas, quantity, role, layer };
    }));
    this.grid.replaceChildren(...this.cells.map(({ figure }) => figure));
  }

  ridges({ figure, canvas, quantity, role, layer }) {
    const spreads = this.moments.map((layers) => layers[layer]?.[quantity]);
    const there = spreads.filter(Boolean);
    const [width, height] = [figure.clientWidth, figure.clientHeight - figure.lastChild.offsetHeight];
    if (!there.length || !width || height < this.size * 2) return;
    const brush = pen(canvas, width, height);
    const [low, high] = [Math.min(...there.map((one) => one.low)), Math.max(...there.map((one) => one.high))];
    const foot = height - this.size * 1.5;
    const rise = foot * 0.5;
    const slope = (foot - rise - 4) / Math.max(1, spreads.length - 1);
    const toX = (value) => 2 + ((value - low) / (high - low || 1)) * (width - 4);
    spreads.forEach((spread, index) => {
      if (spread) ridge(brush, spread, toX, foot - (spreads.length - 1 - index) * slope, rise, this.shades(role, index, spreads.length));
    });
    this.scale(brush, low, high, width, height);
  }

  shades(role, index, count) {
    const { theme } = this.context;
    const [r, g, b] = channels(color(theme, role));
    const newest = index === count - 1;
    return { fill: `rgba(${r},${g},${b},${newest ? 0.75 : 0.16})`, line: newest ? color(theme, role) : `rgba(${r},${g},${b},0.55)`, paper: theme.background };
  }

  scale(brush, low, high, width, height) {
    const { theme } = this.context;
    Object.assign(brush, { fillStyle: theme.text, font: `${this.size}px ${theme.font}`, textAlign: "left" });
    brush.fillText(short(Number(low.toPrecision(2))), 2, height - 2);
    brush.textAlign = "right";
    brush.fillText(short(Number(high.toPrecision(2))), width - 2, height - 2);
  }

  alt() {
    const spread = this.moments[this.moments.length - 1]?.[0]?.weights;
    if (spread) this.say(fill(this.spec.words.alt, { low: spread.low, high: spread.high }));
  }

  destroy() {
    this.sizes.disconnect();
  }
}

// One histogram as a hill on `foot`.
function ridge(brush, { low, high, counts }, toX, foot, rise, shades) {
  const most = Math.max(1, ...counts);
  const step = (high - low) / counts.length;
  brush.beginPath();
  brush.moveTo(toX(low), foot);
  counts.forEach((count, bin) => {
    const y = foot - (count / most) * rise;
    brush.lineTo(toX(low + bin * step), y);
    brush.lineTo(toX(low + (bin + 1) * step), y);
  });
  brush.lineTo(toX(high), foot);
  brush.closePath();
  brush.fillStyle = shades.paper;
  brush.fill();
  brush.fillStyle = shades.fill;
  brush.fill();
  brush.strokeStyle = shades.line;
  brush.lineWidth = 1;
  brush.stroke();
}
