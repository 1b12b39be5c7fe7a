// Small modules travel inside the page: an import map leads from their addresses to their text, so none of them is a request.
// A module that has no text here, or a browser without import maps, takes the file. Runs before the page's first module.
if (HTMLScriptElement.supports?.("importmap")) {
  const imports = {};
  for (const [address, text] of Object.entries(window.SOURCES)) {
    const url = new URL(address, location.href).href;
    const folder = url.slice(0, url.lastIndexOf("/") + 1);
    const placed = text.replace(/(\b(?:from|import)\s*")\.\//g, (_, before) => before + folder); // relative imports cannot be resolved against a data: URL
    imports[url] = `data:text/javascript,${encodeURIComponent(`${placed}\n//# sourceURL=${url}`)}`;
  }
  const map = Object.assign(document.createElement("script"), { type: "importmap", textContent: JSON.stringify({ imports }) });
  document.currentScript.after(map);
}
