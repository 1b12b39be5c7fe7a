// Ink: the 64 squares of a digit as text, each 0 to 16 pixels as one character, 0 … 9, a … g.

const BASE = 17;

// The squares of a digit, each 0 to 1.
export function squares(ink) {
  return [...ink].map((square) => parseInt(square, BASE) / (BASE - 1));
}

// The squares, each 0 to 16, as text.
export function inkOf(sums) {
  return sums.map((pixels) => pixels.toString(BASE)).join("");
}
