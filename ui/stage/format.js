// Numbers and sentences as text. Everything here goes into textContent, never into HTML.

// A number out of JSON, where the infinities are words and NaN is null (core/jsonable.py).
export function toNumber(value) {
  return Number(value ?? NaN);
}

// A number with `digits` decimals; by powers of ten where those would show nothing or too much.
export function fixed(value, digits = 4) {
  if (value === undefined) return "–";
  if (!Number.isFinite(value)) return beyond(value);
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 0.5 * 10 ** -digits)) return value.toExponential(2);
  return value.toFixed(digits);
}

// Infinities and NaN.
function beyond(value) {
  return value === Infinity ? "inf" : value === -Infinity ? "-inf" : "NaN";
}

// A number to four significant digits, without needless zeros.
export function short(value) {
  if (typeof value !== "number") return String(value);
  if (!Number.isFinite(value)) return beyond(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const text = value.toPrecision(4);
  return String(Number(text)).length <= 9 ? String(Number(text)) : value.toExponential(2);
}

// "lr {lr} is above {limit}" with its values filled in; {share:%} is a share in percent.
export function fill(template, values) {
  const text = (value, format) => (format === "%" && Number.isFinite(value) ? `${Math.round(1000 * value) / 10} %` : short(value));
  return template.replace(/\{(\w+)(?::([^}]*))?\}/g, (whole, name, format) => (name in values ? text(values[name], format) : whole));
}

// What is reached by "best.loss" in nested data; undefined where the path ends early.
export function reach(data, path) {
  return path.split(".").reduce((value, name) => value?.[name], data);
}

// "lr 0.1", "Adam", "lr 0.01 → 0.1": one setting in a word or two; a list holds the values it went through,
// {items} are a value that is itself several.
export function setting(name, value, labels) {
  const label = labels[`field.${name}`] ?? name;
  const word = (one) => {
    if (one === 0 && labels[`zero.${name}`]) return labels[`zero.${name}`];
    if (one?.items) return one.items.map(word).join(", ") || "–";
    return typeof one === "boolean" ? labels[one ? "on" : "off"] : labels[`choice.${one}`] ?? short(one);
  };
  if (value === null || value === undefined) return label;
  if (Array.isArray(value)) return `${label} ${value.map(word).join(" → ")}`;
  return typeof value === "string" ? word(value) : `${label} ${word(value)}`;
}

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
