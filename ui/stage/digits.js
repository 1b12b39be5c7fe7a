// Digits: how their squares are drawn, and the maps and kernels of a network that reads them, which come as text.

import { channels, mixed } from "./picture.js";
import { styles } from "./styles.js";
import { color } from "./theme.js";

await styles("digits.css");

const [MIDDLE, LEVELS] = ["D".charCodeAt(0), 20]; // as core.pictures.views.levels writes a number between −1 and 1

// The numbers of a map or kernel, each −1 to 1.
export function numbers(text) {
  return [...text].map((level) => (level.charCodeAt(0) - MIDDLE) / LEVELS);
}

// Colours as `tint(value)`: from paper to one shade for numbers above 0, to another below; `power` 0.5 lets small ones be seen.
export function signed(theme, power = 1) {
  const [paper, plus, minus] = [channels(theme.surface), channels(color(theme, "positive")), channels(color(theme, "negative"))];
  return (value) => mixed(paper, value < 0 ? minus : plus, Math.min(1, Math.abs(value)) ** power);
}

// As `tint(value)`: ink on paper.
export function inked(theme) {
  const [paper, ink] = [channels(theme.surface), channels(theme.text)];
  return (value) => mixed(paper, ink, value);
}

// A canvas with one pixel a number, to be stretched. There are many numbers and few different ones: each is mixed once.
export function picture(values, width, tint) {
  const made = Object.assign(document.createElement("canvas"), { width, height: values.length / width });
  const brush = made.getContext("2d");
  const image = brush.createImageData(made.width, made.height);
  const [pixels, shades] = [new Uint32Array(image.data.buffer), new Map()];
  values.forEach((value, index) => {
    if (!shades.has(value)) shades.set(value, new Uint32Array(Uint8Array.from([...tint(value), 255]).buffer)[0]);
    pixels[index] = shades.get(value);
  });
  brush.putImageData(image, 0, 0);
  return made;
}
