// NIST: how a drawing becomes 8 × 8 squares, in the steps by which scikit-learn's digits were made of filled-in forms.
//
// A drawing is strokes, each a list of points [x, y] in any unit: it may lie anywhere, and be of any size. A bitmap is
// {width, height, bits}, its bits 0 or 1, row after row. Crop, stretch, stroke width and shear follow NIST's own programs
// (NISTIR 5469); that these very digits went through this generation of them is inferred from the data.

const LONG = 100; // pixels of the longer side, between the middles of the strokes
const PEN = 12; // px, half of its width: bolder than the forms were, for of 1,300 drawings made for this the network read 96 % and not 94
const [SIDE, WIDE] = [32, 20]; // a digit is stretched to 20 × 32, in the middle of 32 × 32
const TOO_MUCH = [412, 560]; // pixels of ink, above which the strokes are thinned once, or twice
const TOO_LITTLE = [256, 108]; // below which they are thickened
const SKIPPED = 2; // rows at the top and bottom of a digit that may be noise
const BLOCK = 4;

// All steps of a drawing; null where there is nothing drawn.
export function steps(strokes) {
  const points = strokes.flat();
  if (!points.length) return null;
  const drawn = cropped(inked(strokes));
  const stretched = stretch(drawn);
  const width = strokeWidth(stretched);
  const upright = deslanted(width.bitmap);
  return { drawn, stretched, width, upright, squares: blocks(upright.bitmap) };
}

// A pen along the strokes, on a bitmap that is just large enough.
function inked(strokes) {
  const points = strokes.flat();
  const [lows, highs] = [Math.min, Math.max].map((end) => [0, 1].map((axis) => end(...points.map((point) => point[axis]))));
  const long = Math.max(highs[0] - lows[0], highs[1] - lows[1]);
  const scale = long ? LONG / long : 1;
  const edge = Math.ceil(PEN) + 1;
  const [width, height] = [0, 1].map((axis) => Math.ceil((highs[axis] - lows[axis]) * scale) + 2 * edge);
  const made = { width, height, bits: new Uint8Array(width * height) };
  for (const stroke of strokes) {
    const line = stroke.map((point) => point.map((value, axis) => (value - lows[axis]) * scale + edge));
    line.forEach((point, place) => segment(made, line[Math.max(0, place - 1)], point));
  }
  return made;
}

// All pixels that are no further from a line than the pen is wide.
function segment({ width, height, bits }, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const reach = Math.ceil(PEN);
  for (let y = Math.max(0, Math.floor(Math.min(ay, by)) - reach); y <= Math.min(height - 1, Math.max(ay, by) + reach); y++) {
    for (let x = Math.max(0, Math.floor(Math.min(ax, bx)) - reach); x <= Math.min(width - 1, Math.max(ax, bx) + reach); x++) {
      const along = square ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
      if ((x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2 <= PEN * PEN) bits[y * width + x] = 1;
    }
  }
}

// 1. What is not empty.
export function cropped({ width, height, bits }) {
  const [left, right] = ends(width, (x) => some(height, (y) => bits[y * width + x]));
  const [top, bottom] = ends(height, (y) => some(width, (x) => bits[y * width + x]));
  const [wide, tall] = [right - left + 1, bottom - top + 1];
  return { width: wide, height: tall, bits: Uint8Array.from({ length: wide * tall }, (_, place) => bits[(top + Math.floor(place / wide)) * width + left + (place % wide)]) };
}

// 2. Stretched to 20 × 32, whatever its shape, in the middle of 32 × 32.
export function stretch({ width, height, bits }) {
  const margin = (SIDE - WIDE) / 2;
  const [rows, columns] = [taken(height, SIDE), taken(width, WIDE)];
  const made = blank();
  rows.forEach((from, y) => columns.forEach((across, x) => (made.bits[y * SIDE + margin + x] = bits[from * width + across])));
  return made;
}

// Which of `size` rows or columns each of `to` is, as NIST takes them. What is made smaller begins with its very first one and so moves
// half a pixel down and right: in the data, too, the top of the digits is paler than their foot.
function taken(size, to) {
  const from = size > to ? (place) => Math.round((place * size) / to) : (place) => Math.floor(((place + 0.5) * size) / to);
  return Array.from({ length: to }, (_, place) => Math.min(size - 1, from(place)));
}

// 3. Strokes of about one width: `times` is how often they were thickened, below 0 how often thinned.
export function strokeWidth(bitmap) {
  const ink = count(bitmap);
  const times = TOO_LITTLE.filter((least) => ink < least).length - TOO_MUCH.filter((most) => ink > most).length;
  let made = bitmap;
  for (let time = 0; time < Math.abs(times); time++) made = times > 0 ? thickened(made) : thinned(made);
  return { bitmap: made, ink, times };
}

// A pixel is ink where it or one of its four neighbours is.
function thickened(bitmap) {
  return each((x, y) => at(bitmap, x, y) || neighbours(bitmap, x, y).some(Boolean));
}

// A pixel stays ink where all of its four neighbours are; beyond the edge there is none.
function thinned(bitmap) {
  return each((x, y) => at(bitmap, x, y) && neighbours(bitmap, x, y).every(Boolean));
}

// 4. Sheared until the left ends of its top and of its bottom stand above each other; `slant` is by how much a row.
export function deslanted(bitmap) {
  const [first, last] = ends(SIDE, (y) => some(SIDE, (x) => at(bitmap, x, y)));
  const [top, bottom] = [first + SKIPPED, last - SKIPPED];
  const [topLeft, bottomLeft] = [top, bottom].map((y) => leftmost(bitmap, y));
  if (last - first < 5 || topLeft < 0 || bottomLeft < 0) return { bitmap, slant: 0 };
  const slant = (topLeft - bottomLeft) / (bottom - top);
  return { bitmap: each((x, y) => at(bitmap, x - Math.round((y - SIDE / 2) * slant), y)), slant };
}

// 5. The ink of each 4 × 4 block: 64 numbers from 0 to 16.
export function blocks(bitmap) {
  const across = SIDE / BLOCK;
  const sums = Array.from({ length: across * across }, () => 0);
  bitmap.bits.forEach((bit, place) => (sums[Math.floor(place / SIDE / BLOCK) * across + Math.floor((place % SIDE) / BLOCK)] += bit));
  return sums;
}

export function count({ bits }) {
  return bits.reduce((sum, bit) => sum + bit, 0);
}

function blank() {
  return { width: SIDE, height: SIDE, bits: new Uint8Array(SIDE * SIDE) };
}

function each(ink) {
  const made = blank();
  made.bits.forEach((_, place) => (made.bits[place] = ink(place % SIDE, Math.floor(place / SIDE)) ? 1 : 0));
  return made;
}

function at({ bits }, x, y) {
  return x >= 0 && x < SIDE && y >= 0 && y < SIDE ? bits[y * SIDE + x] : 0;
}

function neighbours(bitmap, x, y) {
  return [at(bitmap, x - 1, y), at(bitmap, x + 1, y), at(bitmap, x, y - 1), at(bitmap, x, y + 1)];
}

function leftmost(bitmap, y) {
  return Array.from({ length: SIDE }, (_, x) => at(bitmap, x, y)).indexOf(1);
}

function some(size, holds) {
  for (let place = 0; place < size; place++) if (holds(place)) return true;
  return false;
}

// The first and the last place that holds.
function ends(size, holds) {
  let [first, last] = [0, size - 1];
  while (first < last && !holds(first)) first++;
  while (last > first && !holds(last)) last--;
  return [first, last];
}
