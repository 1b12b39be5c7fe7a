// Streamlit runs this again whenever TOLD differs: the page's language, its address for a reload, and words for Streamlit's own.
{
  const told = window.TOLD; // its value stands here when it is run
  const shell = (window.stepwiseShell ??= { english: new WeakMap() }); // node → what Streamlit wrote, by attribute
  const NAMES = ["aria-label", "placeholder", "title"];
  const NEVER = "pre, code, script, style, textarea, [contenteditable=true], .stepwise-stage";

  document.documentElement.lang = told.parameters.lang;
  const url = new URL(location.href);
  url.searchParams.delete("projector"); // unless it is told
  for (const name in told.parameters) url.searchParams.set(name, told.parameters[name]);
  if (url.href !== location.href) history.replaceState(history.state, "", url);

  // On a phone the menu lies over the page that it has led to.
  if (shell.page !== told.page && innerWidth < 768) document.querySelector("[data-testid=stSidebar][data-collapsed=false] [data-testid=stSidebarCollapseButton] button")?.click();
  shell.page = told.page;

  // While a page is drawn anew Streamlit disables its tabs for a moment; a press in that moment is made when they are back.
  shell.late ??= document.addEventListener("pointerdown", ({ target, button }) => {
    const tab = target.closest?.("[role=tab][aria-disabled=true]");
    if (!tab || button) return;
    const back = new MutationObserver(() => back.disconnect() ?? tab.click());
    back.observe(tab, { attributeFilter: ["aria-disabled"] });
  }) ?? true;

  const patterns = Object.entries(told.words)
    .filter(([english]) => english.includes("{"))
    .map(([english, ours]) => [new RegExp(`^${english.replace(/[.*+?()]/g, "\\$&").replace(/\{(\w+)\}/g, "(?<$1>.+)")}$`), ours]);
  const inOurs = (english) => {
    if (Object.hasOwn(told.words, english)) return told.words[english];
    for (const [pattern, ours] of patterns) {
      const found = english.match(pattern)?.groups;
      if (found) return ours.replace(/\{(\w+)\}/g, (_, name) => inOurs(found[name]));
    }
    return english;
  };
  const put = (node, name, now, set) => {
    if (!now) return;
    const known = shell.english.get(node) ?? {};
    const english = known[name]?.ours === now ? known[name].english : now;
    const ours = inOurs(english);
    if (ours !== english) shell.english.set(node, { ...known, [name]: { english, ours } });
    if (ours !== now) set(ours);
  };
  const say = (node) => {
    if (node.nodeType === Node.TEXT_NODE) put(node, "text", node.nodeValue, (ours) => (node.nodeValue = ours));
    else for (const name of NAMES) put(node, name, node.getAttribute(name), (ours) => node.setAttribute(name, ours));
  };
  const within = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return void (root.parentElement?.closest(NEVER) || say(root));
    if (root.nodeType !== Node.ELEMENT_NODE || root.closest(NEVER)) return;
    const kept = (node) => (node.nodeType === Node.ELEMENT_NODE && node.matches(NEVER) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, kept);
    do say(walker.currentNode);
    while (walker.nextNode());
  };

  shell.watch?.disconnect();
  within(document.body); // also back to English
  if (Object.keys(told.words).length) {
    shell.watch = new MutationObserver((changes) => {
      for (const { type, target, addedNodes } of changes) {
        if (type === "childList") addedNodes.forEach(within);
        else if (!target.parentElement?.closest(NEVER)) say(target);
      }
    });
    shell.watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMES });
  }
}
