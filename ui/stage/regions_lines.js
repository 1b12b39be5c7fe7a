// Where one class gives way to another on a grid, and round numbers for its axes.

// A grid of 16 bit numbers as it is sent: rows of numbers.
export function rowsOf({ columns, cells }) {
  const bytes = Uint8Array.from(atob(cells), (one) => one.charCodeAt(0));
  const rows = Array.from({ length: bytes.length / (2 * columns) }, () => new Uint16Array(columns));
  for (let at = 0; at < bytes.length / 2; at++) rows[Math.floor(at / columns)][at % columns] = bytes[2 * at] + 256 * bytes[2 * at + 1];
  return rows;
}

// Marching squares: stretches [x, y, x, y] in cells of `z`, each of which packs 1000 · class + thousandths.
export function borders(z) {
  const found = [];
  const kinds = z.map((row) => Uint8Array.from(row, (packed) => packed / 1000));
  for (let y = 0; y + 1 < z.length; y++) {
    const [low, high] = [kinds[y], kinds[y + 1]];
    for (let x = 0; x + 1 < low.length; x++) {
      if (low[x] === low[x + 1] && low[x] === high[x] && low[x] === high[x + 1]) continue;
      const around = [...new Set([low[x], low[x + 1], high[x + 1], high[x]])];
      for (const kind of around.slice(1)) square(z, kind, x, y, found); // the border of one of them is the others', too
    }
  }
  return found;
}

// Above 0 where the cell is of this class, below where it is not; the further, the more certain. Two classes that meet
// are about as likely as each other there, so between them this passes 0 where the network has its border.
function side(packed, kind) {
  const certain = Math.max(0.001, (packed % 1000) / 1000 - 0.5);
  return Math.floor(packed / 1000) === kind ? certain : -certain;
}

function square(z, kind, x, y, found) {
  const corners = [z[y][x], z[y][x + 1], z[y + 1][x + 1], z[y + 1][x]].map((packed) => side(packed, kind));
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

// Stretches that touch, one after the other: lines [[x, y], [x, y], …], which can be dashed.
export function joined(stretches) {
  const key = (x, y) => `${x.toFixed(4)},${y.toFixed(4)}`;
  const at = new Map();
  for (const stretch of stretches) {
    for (const end of [key(stretch[0], stretch[1]), key(stretch[2], stretch[3])]) at.set(end, [...(at.get(end) ?? []), stretch]);
  }
  const left = new Set(stretches);
  const walk = (line) => {
    for (;;) {
      const [x, y] = line[line.length - 1];
      const next = at.get(key(x, y)).find((one) => left.has(one));
      if (!next) return line;
      left.delete(next);
      line.push(key(next[0], next[1]) === key(x, y) ? [next[2], next[3]] : [next[0], next[1]]);
    }
  };
  const lines = [];
  for (const stretch of stretches) {
    if (!left.delete(stretch)) continue;
    const there = walk([[stretch[0], stretch[1]], [stretch[2], stretch[3]]]);
    lines.push(walk(there.reverse()));
  }
  return lines;
}

// About `count` round numbers from `low` to `high`.
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(6)));
}
