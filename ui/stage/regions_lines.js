// Where one class gives way to another on a grid, and round numbers for its axes.

// Marching squares: stretches [x, y, x, y] in cells of `z`, each of which packs 100 · class + percent.
export function borders(z) {
  const found = [];
  const kinds = new Set(z.flatMap((row) => row.map((packed) => Math.floor(packed / 100))));
  if (kinds.size < 2) return found;
  for (const kind of kinds) {
    const field = z.map((row) => row.map((packed) => side(packed, kind)));
    for (let up = 0; up + 1 < z.length; up++) {
      for (let across = 0; across + 1 < z[0].length; across++) square(field, across, up, found);
    }
  }
  return found;
}

// Above 0 where the cell is of this class, below where it is not; the further, the more certain. Two classes that meet
// are about as likely as each other there, so between them this passes 0 where the network has its border.
function side(packed, kind) {
  const certain = Math.max(0.01, (packed % 100) / 100 - 0.5);
  return Math.floor(packed / 100) === kind ? certain : -certain;
}

function square(field, x, y, found) {
  const corners = [field[y][x], field[y][x + 1], field[y + 1][x + 1], field[y + 1][x]];
  const above = corners.filter((value) => value > 0).length;
  if (above === 0 || above === 4) return;
  const places = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]];
  const crossings = [];
  for (let edge = 0; edge < 4; edge++) {
    const [a, b] = [corners[edge], corners[(edge + 1) % 4]];
    if (a > 0 === b > 0) continue;
    const share = a / (a - b);
    const [from, to] = [places[edge], places[(edge + 1) % 4]];
    crossings.push(from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1]));
  }
  for (let start = 0; start + 3 < crossings.length; start += 4) found.push(crossings.slice(start, start + 4));
}

// About `count` round numbers from `low` to `high`.
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(6)));
}
