// Styles: the stylesheets that lie beside the modules, each loaded once, whoever asks for it.

const asked = new Map(); // name → when it is there

// Resolves when the stylesheet is there, or cannot be had: a page without it is plain, but there.
export function styles(name) {
  if (!asked.has(name)) {
    const href = new URL(name, import.meta.url).href;
    const there = new Promise((resolve) => {
      document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
    });
    asked.set(name, there);
  }
  return asked.get(name);
}
