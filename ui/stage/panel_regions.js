// Regions: what the network would call a sample anywhere on a plane, with the samples on top and the wrong ones ringed.
// On a canvas of its own: sixty by sixty cells, ten times a second, is more than a chart library can bear.

import { element, fill, short } from "./format.js";
import { borders, joined, rowsOf, ticks } from "./regions_lines.js";
import { Points } from "./regions_points.js";
import { color } from "./theme.js";
import { channels, described, mark, mixed, onSize, pen, sign, stroke, svg, Tip } from "./picture.js";

const PCA = "pca";
const REACH = 9; // px from a sample at which one points at it

export function create(frame, spec, context) {
  return new Regions(frame, spec, context);
}

class Regions {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, picture: null });
    this.size = context.projector ? 16 : 12;
    this.choice = element("select", "sw-select");
    this.choice.setAttribute("aria-label", spec.words.plane);
    this.choice.onchange = () => this.choose(this.choice.value);
    frame.querySelector(".sw-head").append(this.choice);
    this.canvas = element("canvas");
    this.body = frame.appendChild(element("div", "sw-picture sw-fill"));
    this.body.append(this.canvas);
    this.legend = frame.appendChild(element("p", "sw-legend"));
    this.say = described(this.body, frame, spec);
    this.tip = new Tip(frame);
    this.tip.over(this.body, (event) => this.under(event));
    this.sizes = onSize(this.body, () => this.redraw());
    this.wanted = ["facts"];
    this.reference = null;
    this.drawing = spec.draws ? new Points(this, frame.querySelector(".sw-head")) : null;
  }

  get plane() {
    return this.wanted[1]?.split(":")[1];
  }

  name(one) {
    return this.spec.names[one] ?? one;
  }

  // The planes through the features of this network.
  offer(facts) {
    const { classes, [this.spec.planes]: planes } = facts;
    this.drawing?.offer(facts);
    this.choice.replaceChildren(...planes.map((value) => {
      const text = value === PCA ? this.spec.words.pca : value.split(",").map((one) => this.name(one)).join(" × ");
      return Object.assign(element("option", "", text), { value });
    }));
    this.choice.hidden = planes.length < 2;
    const remembered = this.context.memory.plane;
    this.choose(planes.includes(remembered) ? remembered : planes[0]);
    const shades = this.context.theme.classes;
    const kinds = classes.map((one, kind) => named(sign(kind, shades[kind]), this.name(one)));
    const dashed = this.spec.reference ? [stroke("sw-reference"), element("span", "", this.spec.words.reference)] : [];
    this.legend.replaceChildren(...kinds, ring(), element("span", "", this.spec.words.wrong), ...dashed);
  }

  choose(plane) {
    this.choice.value = plane;
    this.context.memory.plane = plane;
    this.wanted = ["facts", `${this.spec.view}:${plane}`, ...(this.spec.reference ? [this.spec.reference] : [])];
    this.context.retarget();
  }

  views(views) {
    if ("facts" in views) this.offer(views.facts);
    if (this.spec.reference in views) this.reference = joined(borders(rowsOf(views[this.spec.reference].z)));
    if (!this.wanted[1] || !(this.wanted[1] in views)) return;
    const picture = views[this.wanted[1]];
    this.picture = { ...picture, z: rowsOf(picture.z) };
    this.drawing?.renew();
    this.redraw();
  }

  redraw() {
    this.context.draw(() => this.draw());
  }

  draw() {
    [this.width, this.height] = [this.body.clientWidth, this.body.clientHeight];
    if (!this.picture || !this.width || !this.height) return;
    const { x, y } = this.picture;
    const half = [(x[1] - x[0]) / 2, (y[1] - y[0]) / 2];
    const flat = !this.picture.axes[1];
    const left = flat ? this.size : this.size * 3.9;
    const area = { left, top: 4, width: this.width - left - 6, height: this.height - 4 - this.size * 3.1 };
    this.toX = (value) => area.left + ((value - x[0] + half[0]) / (x[x.length - 1] - x[0] + 2 * half[0])) * area.width;
    this.toY = (value) => area.top + area.height - ((value - y[0] + half[1]) / (y[y.length - 1] - y[0] + 2 * half[1])) * area.height;
    this.area = area;
    const brush = pen(this.canvas, this.width, this.height);
    this.ground(brush);
    this.lines(brush);
    this.axes(brush, flat);
    this.points(brush);
    this.drawing?.draw(brush);
    this.canvas.dataset.wrong = this.picture.wrong.x.length;
    this.canvas.dataset.plane = this.plane;
    this.tip.renew();
  }

  // Each class in its colour, the paler the less certain.
  ground(brush) {
    const { theme } = this.context;
    const { z } = this.picture;
    const paper = channels(theme.background);
    const shades = theme.classes.map(channels);
    const chance = 1 / (this.context.allViews.facts?.classes.length ?? 3); // of each class where nothing is known
    const shade = shades.map((one) => Array.from({ length: 1000 }, (_, thousandths) => {
      const certain = Math.max(0, (thousandths / 1000 - chance) / (1 - chance));
      return [...mixed(paper, one, 0.08 + 0.42 * certain), 255];
    })).flat();
    const image = Object.assign(document.createElement("canvas"), { width: z[0].length, height: z.length });
    const pixels = image.getContext("2d").createImageData(image.width, image.height);
    let at = 0;
    for (const row of z.toReversed()) {
      for (const packed of row) {
        pixels.data.set(shade[packed], at);
        at += 4;
      }
    }
    image.getContext("2d").putImageData(pixels, 0, 0);
    brush.imageSmoothingEnabled = true;
    brush.drawImage(image, this.area.left, this.area.top, this.area.width, this.area.height);
  }

  // Where one class gives way to another; dashed, where it does for the reference, on the same grid.
  lines(brush) {
    const { theme, projector } = this.context;
    const { left, top, width, height } = this.area;
    brush.save();
    brush.beginPath();
    brush.rect(left, top, width, height);
    brush.clip();
    brush.lineWidth = projector ? 2.2 : 1.4;
    brush.strokeStyle = theme.text;
    this.trace(brush, borders(this.picture.z).map(([x, y, endX, endY]) => [[x, y], [endX, endY]]));
    if (this.reference) {
      brush.strokeStyle = color(theme, "reference");
      brush.setLineDash([6, 5]);
      this.trace(brush, this.reference);
    }
    brush.restore();
  }

  trace(brush, found) {
    const { x, y } = this.picture;
    brush.beginPath();
    const at = (values, place) => values[0] + place * (values[1] - values[0]);
    for (const line of found) {
      line.forEach(([across, up], index) => brush[index ? "lineTo" : "moveTo"](this.toX(at(x, across)), this.toY(at(y, up))));
    }
    brush.stroke();
  }

  axes(brush, flat) {
    const { theme } = this.context;
    const { area, size, picture } = this;
    const title = (axis) => (axis ? `${this.name(axis)}${axis.startsWith("pc") ? "" : this.spec.unit}` : "");
    Object.assign(brush, { fillStyle: theme.text, strokeStyle: theme.border, lineWidth: 1, font: `${size}px ${theme.font}`, textAlign: "center" });
    brush.strokeRect(area.left, area.top, area.width, area.height);
    for (const value of ticks(picture.x[0], picture.x[picture.x.length - 1], Math.min(7, area.width / 60))) {
      brush.fillText(short(value), this.toX(value), area.top + area.height + size * 1.25);
    }
    brush.fillText(title(picture.axes[0]), area.left + area.width / 2, this.height - size * 0.35);
    if (flat) return;
    brush.textAlign = "right";
    for (const value of ticks(picture.y[0], picture.y[picture.y.length - 1], 5)) {
      brush.fillText(short(value), area.left - 5, this.toY(value) + size * 0.35);
    }
    brush.save();
    brush.translate(size, area.top + area.height / 2);
    brush.rotate(-Math.PI / 2);
    brush.textAlign = "center";
    brush.fillText(title(picture.axes[1]), 0, 0);
    brush.restore();
  }

  // All samples; those that are only tested on are hollow. What has been drawn and not been learned from yet has no rings.
  points(brush) {
    const { theme, allViews, projector } = this.context;
    const drawn = this.drawing?.own;
    const points = drawn ? { x: drawn.map(([x]) => x), y: drawn.map(([, y]) => y), label: drawn.map(([, , kind]) => kind) } : this.picture.points;
    const wrong = drawn ? { x: [], y: [] } : this.picture.wrong;
    const tested = new Set(allViews.facts?.test ?? []);
    const r = projector ? 5.2 : 3.7;
    brush.lineWidth = projector ? 1.8 : 1.2;
    points.x.forEach((x, index) => {
      const kind = points.label[index];
      mark(brush, kind, this.toX(x), this.toY(points.y[index]), r);
      brush.fillStyle = tested.has(index) ? theme.background : theme.classes[kind];
      brush.strokeStyle = tested.has(index) ? theme.classes[kind] : theme.background;
      brush.fill();
      brush.stroke();
    });
    brush.strokeStyle = theme.text;
    brush.lineWidth = projector ? 3 : 2;
    wrong.x.forEach((x, index) => {
      brush.beginPath();
      brush.arc(this.toX(x), this.toY(wrong.y[index]), r * 2, 0, 2 * Math.PI);
      brush.stroke();
    });
  }

  // Where a pointer is on the canvas, if it is on the plane.
  place({ clientX, clientY }) {
    const { area } = this;
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [clientX - box.left, clientY - box.top];
    const inside = area && x >= area.left && y >= area.top && x < area.left + area.width && y < area.top + area.height;
    return inside ? [x, y] : null;
  }

  // What a place on the canvas stands for: the features across and up.
  value([left, top]) {
    const { area, picture: { x, y } } = this;
    const along = (values, share) => {
      const half = (values[1] - values[0]) / 2;
      return values[0] - half + share * (values[values.length - 1] - values[0] + 2 * half);
    };
    return [along(x, (left - area.left) / area.width), along(y, (area.top + area.height - top) / area.height)];
  }

  // The sample or else the class at the pointer.
  under(event) {
    const { area, picture } = this;
    const place = this.place(event);
    if (!place) return [];
    const [x, y] = place;
    const { z, points } = picture;
    const cell = z[Math.floor((1 - (y - area.top) / area.height) * z.length)]?.[Math.floor(((x - area.left) / area.width) * z[0].length)];
    if (cell === undefined) return [];
    const classes = this.context.allViews.facts?.classes ?? [];
    const lines = [fill(this.spec.words.here, { class: this.name(classes[Math.floor(cell / 1000)]), percent: Math.floor((cell % 1000) / 10) })];
    const distance = (index) => Math.hypot(this.toX(points.x[index]) - x, this.toY(points.y[index]) - y);
    const nearest = points.x.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0);
    if (distance(nearest) < REACH) lines.push(fill(this.spec.words.sample, { number: nearest, class: this.name(classes[points.label[nearest]]) }));
    return lines;
  }

  alt() {
    if (!this.picture) return;
    const { points, wrong } = this.picture;
    this.say(fill(this.spec.words.alt, { all: points.x.length, wrong: wrong.x.length }));
  }

  destroy() {
    this.sizes.disconnect();
  }
}

// A sign and what it stands for, which are not parted at the end of a line.
function named(drawn, name) {
  const made = element("span", "sw-named");
  made.append(drawn, name);
  return made;
}

function ring() {
  const made = svg("svg", { class: "sw-sign", viewBox: "-7 -7 14 14", "aria-hidden": "true" });
  svg("circle", { r: 5.5, fill: "none", stroke: "currentColor", "stroke-width": 2 }, made);
  return made;
}
