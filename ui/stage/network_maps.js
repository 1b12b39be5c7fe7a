// Maps: the network as one heat map a layer, a row for each unit and a column for each of its inputs.

import { element } from "./format.js";
import { channels, mixed, pen } from "./picture.js";
import { color } from "./theme.js";

const GAP = 14;

export class Maps {
  constructor(network, width) {
    Object.assign(this, { network, width });
    this.size = network.context.projector ? 15 : 11;
    this.node = element("canvas", "sw-net");
    const count = network.shapes.length;
    const room = (width - GAP * count) / count;
    const inputs = network.shapes.map(([, columns]) => Math.sqrt(columns));
    const sum = inputs.reduce((a, b) => a + b, 0);
    let left = 0;
    this.boxes = network.shapes.map(([units, columns], layer) => {
      const across = (room * count * inputs[layer]) / sum;
      const box = { left, top: 0, width: across, height: network.height - 2 * this.size, units, columns };
      left += across + GAP;
      return box;
    });
  }

  // Draws one kind of number; returns the greatest size among them, or null if there are none yet.
  show(layers, kind) {
    const { theme } = this.network.context;
    const matrices = layers.map((layer) => layer[kind]);
    const greatest = matrices[0] ? matrices.flat(2).reduce((most, value) => Math.max(most, Math.abs(value ?? 0)), 0) : null;
    const shades = { paper: channels(theme.surface), plus: channels(color(theme, "positive")), minus: channels(color(theme, "negative")) };
    const brush = pen(this.node, this.width, this.network.height);
    brush.imageSmoothingEnabled = false;
    brush.font = `${this.size}px ${theme.font}`;
    brush.textAlign = "center";
    this.boxes.forEach((box, index) => {
      if (matrices[index]) brush.drawImage(image(matrices[index], greatest || 1, shades), box.left, box.top, box.width, box.height);
      brush.fillStyle = theme.text;
      brush.fillText(`${box.columns} → ${box.units}`, Math.max(this.size * 2, box.left + box.width / 2), this.network.height - this.size * 0.4);
      brush.fillStyle = color(theme, "bad");
      for (const unit of layers[index].dead) {
        const tall = box.height / box.units;
        brush.fillText("×", box.left + box.width + GAP / 2, box.top + (unit + 0.5) * tall + this.size * 0.35);
      }
    });
    return greatest;
  }

  at({ clientX, clientY }) {
    const area = this.node.getBoundingClientRect();
    const [x, y] = [clientX - area.left, clientY - area.top];
    const layer = this.boxes.findIndex((box) => x >= box.left && x < box.left + box.width && y >= 0 && y < box.height);
    if (layer < 0) return null;
    const box = this.boxes[layer];
    return { layer, unit: Math.floor((y / box.height) * box.units), input: Math.floor(((x - box.left) / box.width) * box.columns) };
  }
}

// One pixel a number, to be stretched.
function image(matrix, greatest, { paper, plus, minus }) {
  const made = Object.assign(document.createElement("canvas"), { width: matrix[0].length, height: matrix.length });
  const context = made.getContext("2d");
  const data = context.createImageData(made.width, made.height);
  matrix.flat().forEach((value, index) => {
    const strength = Math.sqrt(Math.abs(value ?? 0) / greatest);
    data.data.set([...mixed(paper, value < 0 ? minus : plus, strength), 255], 4 * index);
  });
  context.putImageData(data, 0, 0);
  return made;
}
