// Theme: Streamlit's own colours, read from its CSS variables, and the palette's colours for the light or dark background.

export function readTheme(element, palette) {
  const style = getComputedStyle(element);
  const read = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const background = read("--st-background-color", "#ffffff");
  const mode = luminance(background) < 0.4 ? "dark" : "light";
  return {
    mode,
    background,
    text: read("--st-text-color", mode === "dark" ? "#fafafa" : "#1a1c24"),
    border: read("--st-border-color", "rgba(128, 132, 149, 0.35)"),
    surface: read("--st-secondary-background-color", background),
    font: read("--st-font", "sans-serif"),
    ...palette[mode],
  };
}

// A role of the palette as its colour; any other colour as it is.
export function color(theme, role) {
  return theme.colors[role] ?? role;
}

// A copy of plotly data in which every `…color` that names a role, and every `colorscale` that names a scale, is resolved.
export function resolved(value, theme, key = "") {
  if (Array.isArray(value)) return value;
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item, theme, name)]));
  }
  if (typeof value !== "string") return value;
  if (key === "colorscale") return theme.scales[value] ?? value;
  return key.endsWith("color") ? color(theme, value) : value;
}

// Relative luminance of a CSS colour, 0 black to 1 white.
export function luminance(css) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const linear = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((byte) => (byte / 255) ** 2.2);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}
