// Units: what each unit puts out over the plane of its inputs, drawn inside it: blue where it is positive, orange where it is negative.

import { channels, mixed, pen } from "./picture.js";
import { color } from "./theme.js";

export const LEAST = 7; // px of a unit's radius in which there is something to be seen
const LARGE = 140; // px of a unit's picture by itself
const [LOWEST, LEVELS] = [48, 20]; // "0" is −1; so many levels on each side of 0

export class Units {
  constructor(lines) {
    this.lines = lines;
    this.node = document.createElement("canvas");
    this.node.className = "sw-units";
  }

  // `columns`: a text for each unit, a character for each of `size` by `size` cells. A dead unit keeps its cross.
  show({ size, columns }, layers) {
    const { network, width } = this.lines;
    const brush = pen(this.node, width, network.height);
    const { theme } = network.context;
    const paper = channels(theme.surface);
    const ends = [channels(color(theme, "negative")), channels(color(theme, "positive"))];
    const shades = Array.from({ length: 2 * LEVELS + 1 }, (_, level) => {
      const value = (level - LEVELS) / LEVELS;
      return [...mixed(paper, ends[Number(value > 0)], Math.abs(value)), 255];
    });
    Object.assign(this, { columns, size, shades });
    columns.forEach((units, column) => units.forEach((levels, unit) => {
      const place = this.lines.columns[column]?.[unit];
      if (place && !layers[column - 1]?.dead.includes(unit)) this.unit(brush, place, picture(levels, size, shades));
    }));
    this.node.dataset.units = columns.flat().length;
  }

  // One of them by itself, large enough to be read.
  large(column, unit) {
    const levels = this.columns?.[column]?.[unit];
    if (!levels) return null;
    const made = Object.assign(document.createElement("canvas"), { className: "sw-unit-large" });
    made.dataset.unit = `${column}.${unit}`;
    const brush = pen(made, LARGE, LARGE);
    brush.imageSmoothingEnabled = true;
    brush.drawImage(picture(levels, this.size, this.shades), 0, 0, LARGE, LARGE);
    return made;
  }

  unit(brush, { x, y, r }, image) {
    const inside = r - 1;
    brush.save();
    brush.beginPath();
    brush.arc(x, y, inside, 0, 2 * Math.PI);
    brush.clip();
    brush.drawImage(image, x - inside, y - inside, 2 * inside, 2 * inside);
    brush.restore();
  }
}

// The first row of the levels is the lowest of the plane.
function picture(levels, size, shades) {
  const made = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const context = made.getContext("2d");
  const pixels = context.createImageData(size, size);
  for (let cell = 0; cell < levels.length; cell++) {
    const at = (size - 1 - Math.floor(cell / size)) * size + (cell % size);
    pixels.data.set(shades[levels.charCodeAt(cell) - LOWEST] ?? shades[LEVELS], 4 * at);
  }
  context.putImageData(pixels, 0, 0);
  return made;
}
