// Columns: the layers from left to right. A block is a grid of squares: the digit, kernels by output (down) and input (across), or
// maps. How large a square is follows from the room; all of a block are of one size. The blocks of a layer with weights, and of what
// comes after it, are a group.

import { fill } from "./format.js";
import { pen } from "./picture.js";

const BENDS = ["ReLU", "Tanh", "Sigmoid", "GELU"]; // drawn in the place of what goes into them
const ROWS = 8; // maps above each other
const [GAP, BETWEEN] = [5, 12]; // px between two blocks, and between two groups
const LARGEST = { input: 0.4, kernels: 1 / ROWS, maps: 1 / ROWS, rows: 0.25 }; // of the height: a square's side
const BARS = 6.2; // letters that the probabilities take at least
const LABEL = 11;

export class Columns {
  constructor(found, gradients, width, height, panel) {
    Object.assign(this, { found, panel, width, height, size: panel.context.projector ? 1.3 * LABEL : LABEL });
    this.head = 2.7 * this.size;
    this.room = height - this.head - 2;
    const all = blocks(found.layers, gradients, panel.spec.words);
    this.blocks = width > 60 * this.size ? all : all.filter(({ kind }) => kind !== "rows"); // the last layer's weights only where there is room
    this.place();
  }

  // First as large as the height allows, then all of them narrower by one factor.
  place() {
    for (const block of this.blocks) block.side = Math.min(LARGEST[block.kind] * this.room, this.room / block.down) - 2;
    const gaps = this.blocks.map(({ group }, place) => (this.blocks[place + 1]?.group === group ? GAP : BETWEEN));
    const free = this.width - Math.max(BARS * this.size, 0.15 * this.width) - gaps.reduce((sum, gap) => sum + gap, 0);
    const wanted = this.blocks.reduce((sum, { side, across }) => sum + side * across, 0);
    const lines = this.blocks.reduce((sum, { across }) => sum + 2 * (across - 1), 0);
    const factor = Math.min(1, (free - lines) / wanted);
    const spare = Math.min(4 * this.size, (free - lines - wanted * factor) / this.blocks.length);
    let left = 0;
    this.blocks.forEach((block, place) => {
      if (block.kind !== "rows") block.side *= factor;
      const [wide, tall] = block.kind === "rows" ? [block.side * factor, this.room] : [block.across, block.down].map((count) => count * (block.side + 2) - 2);
      Object.assign(block, { left, wide, tall, top: this.head + (this.room - tall) / 2 });
      left += wide + gaps[place] + spare;
    });
    this.bars = { left, width: this.width - left, top: this.head, row: this.room / 10 };
  }

  draw(canvas, tools) {
    const { theme } = this.panel.context;
    const brush = pen(canvas, this.width, this.height);
    brush.imageSmoothingEnabled = false;
    for (const block of this.blocks) this.block(brush, block, tools, theme);
    this.outputs(brush, theme);
    this.labels(brush, theme);
  }

  // All squares of a block are one picture, below each other: a canvas for each would take longer than all else.
  block(brush, block, tools, theme) {
    const { squares, columns } = block;
    const sheet = squares[0] && tools.picture(tools.numbers(squares.join("")), columns, tools[block.tint]);
    squares.forEach((text, place) => {
      const box = this.box(block, place);
      const rows = text?.length / columns;
      if (text) brush.drawImage(sheet, 0, place * rows, columns, rows, ...box);
      else {
        brush.strokeStyle = theme.border;
        brush.strokeRect(...box);
      }
    });
  }

  // Where one square of a block is: left, top, width, height.
  box({ kind, left, top, side, wide, tall, down }, place) {
    if (kind === "rows") return [left, top + (place * tall) / down, wide, tall / down - 2];
    return [left + Math.floor(place / down) * (side + 2), top + (place % down) * (side + 2), side, side];
  }

  // Each block has its name where all names have room, else each group.
  labels(brush, theme) {
    Object.assign(brush, { fillStyle: theme.text, font: `${this.size}px ${theme.font}`, textAlign: "center" });
    const fits = this.blocks.every(({ title, shape, wide }) => Math.max(brush.measureText(title).width, brush.measureText(shape).width) < wide + 2 * GAP);
    const named = fits ? this.blocks : [...new Set(this.blocks.map(({ group }) => group))].map((group) => this.group(group));
    for (const { left, wide, title, shape } of named) this.label(brush, left + wide / 2, title, shape);
    this.label(brush, this.bars.left + this.bars.width / 2, this.panel.spec.words.probabilities, "softmax");
  }

  group(group) {
    const all = this.blocks.filter((block) => block.group === group);
    const last = all.at(-1);
    return { left: all[0].left, wide: last.left + last.wide - all[0].left, title: all[0].whole, shape: last.shape };
  }

  label(brush, middle, title, shape) {
    const half = Math.max(brush.measureText(title).width, brush.measureText(shape).width) / 2;
    const at = Math.max(half, Math.min(this.width - half, middle));
    brush.fillText(title, at, this.size);
    brush.globalAlpha = 0.8;
    brush.fillText(shape, at, 2.2 * this.size);
    brush.globalAlpha = 1;
  }

  outputs(brush, theme) {
    const { left, width, top, row } = this.bars;
    const { probabilities } = this.found;
    const most = Math.max(...probabilities);
    const size = Math.min(1.15 * this.size, row * 0.85);
    const [from, long] = [left + 1.4 * size, width - 1.4 * size - 2.9 * size];
    probabilities.forEach((share, digit) => {
      const y = top + digit * row;
      brush.fillStyle = theme.surface;
      brush.fillRect(from, y + 0.2 * row, long, 0.6 * row);
      brush.fillStyle = theme.colors.data;
      brush.fillRect(from, y + 0.2 * row, long * (share ?? 0), 0.6 * row);
      Object.assign(brush, { fillStyle: theme.text, font: `${share === most ? "bold " : ""}${size}px ${theme.font}`, textAlign: "left" });
      brush.fillText(String(digit), left, y + 0.5 * row + 0.35 * size);
      brush.textAlign = "right";
      brush.fillText(`${(100 * (share ?? 0)).toFixed(0)} %`, left + width, y + 0.5 * row + 0.35 * size);
    });
  }

  // What stands under the pointer.
  at({ clientX, clientY }, canvas) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    const { words } = this.panel.spec;
    if (x >= this.bars.left && y >= this.head) {
      const digit = Math.min(9, Math.floor((y - this.head) / this.bars.row));
      return [fill(words.chance, { digit, share: this.found.probabilities[digit] ?? NaN })];
    }
    const block = this.blocks.find(({ left, wide, top, tall }) => x >= left && x < left + wide && y >= top && y < top + tall);
    if (!block) return [];
    const across = block.kind === "rows" ? 0 : Math.floor((x - block.left) / (block.side + 2));
    const place = across * block.down + Math.floor(((y - block.top) / block.tall) * block.down);
    return place < block.squares.length ? [block.say(place)] : [];
  }
}

// The blocks of a network's layers; the last layer's outputs stand as probabilities.
function blocks(layers, gradients, words) {
  const found = [];
  let [group, whole] = [0, words.input];
  layers.forEach((layer, place) => {
    if (layer.kernels !== undefined) {
      group += 1;
      const [outputs, inputs] = sizes(layer, layers[place - 1]);
      whole = `${layer.layer} ${inputs} → ${outputs}`;
      const made = layer.layer === "Linear" ? weights(layer, layers[place - 2], gradients, words) : kernels(layer, layers[place - 1], gradients, words);
      found.push({ ...made, group, whole });
    }
    const next = layers[place + 1];
    const hidden = layer.layer === "Flatten" || !next || BENDS.includes(next.layer);
    if (!hidden) found.push({ ...maps(layer, place === 0, words), group, whole });
  });
  return found;
}

// Outputs and inputs of a layer: channels, or units.
function sizes({ shape }, before) {
  return [shape[0], before.shape[0]];
}

function maps({ layer, shape, maps: all, most }, input, words) {
  const [count, tall, wide] = shape.length === 3 ? shape : [shape[0], 1, 1];
  const each = shape.length === 3 ? all : [...all[0]];
  const title = input ? words.input : layer;
  const say = (place) => fill(shape.length === 3 ? words.map : words.unit, { layer: title, map: place + 1, maps: count, height: tall, width: wide, most });
  const down = Math.min(count, ROWS);
  return { kind: input ? "input" : "maps", tint: input ? "ink" : "map", title, shape: shape.join(" × "), squares: each, columns: wide, down, across: Math.ceil(count / down), say };
}

// One kernel for each output and input of a convolution.
function kernels({ kernels: all, gradients: slopes, shape }, before, gradients, words) {
  const [outputs, inputs] = sizes({ shape }, before);
  const size = all[0].length / inputs; // numbers of one kernel
  const side = Math.sqrt(size);
  const squares = Array.from({ length: inputs * outputs }, (_, place) => {
    const [output, input] = [place % outputs, Math.floor(place / outputs)];
    return (gradients ? slopes : all)?.[output].slice(input * size, (input + 1) * size);
  });
  const say = (place) => fill(words.kernel, { input: Math.floor(place / outputs) + 1, output: (place % outputs) + 1 });
  return { kind: "kernels", tint: "weight", title: words.kernels, shape: `${side} × ${side}`, squares, columns: side, down: outputs, across: inputs, say };
}

// The weights of a linear layer: of one that sees the whole digit, an image for each unit; of another, a row.
function weights({ kernels: all, gradients: slopes, shape }, seen, gradients, words) {
  const [outputs, inputs] = [shape[0], all[0].length];
  const squares = Array.from({ length: outputs }, (_, output) => (gradients ? slopes : all)?.[output]);
  const say = (place) => fill(words.kernel, { input: `1 … ${inputs}`, output: place + 1 });
  const common = { tint: "weight", title: words.weights, squares, say };
  if (seen?.layer !== "input") return { ...common, kind: "rows", shape: `${outputs} × ${inputs}`, columns: inputs, down: outputs, across: 1 };
  const down = Math.min(outputs, ROWS);
  return { ...common, kind: "maps", shape: `${outputs} × 8 × 8`, columns: 8, down, across: Math.ceil(outputs / down) };
}
