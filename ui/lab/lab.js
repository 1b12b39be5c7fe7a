// Lab: the stage of a page without a run: mounted once for each of Streamlit's elements, dressed in the theme, with panels of its own.

import { element } from "./format.js";
import { readTheme } from "./theme.js";

export class Lab {
  constructor(parent, name) {
    this.root = element("section", `stepwise-stage ${name}`);
    parent.querySelector(".stepwise-mount").replaceChildren(this.root);
  }

  // Called at each rerun; `build` with the words when they are new, then `show` with what is to be drawn.
  update(data, trigger) {
    this.trigger = trigger;
    this.dress(data);
    const built = JSON.stringify([data.words, data.projector]);
    if (built !== this.built) {
      this.close();
      this.root.replaceChildren();
      this.build(data.words);
    }
    this.built = built;
    this.show(data.picture);
  }

  dress({ words, palette, projector }) {
    this.theme = readTheme(this.root, palette);
    this.root.setAttribute("aria-label", words.stage);
    this.root.classList.toggle("sw-projector", projector);
    this.root.dataset.theme = this.theme.mode;
    for (const [role, value] of Object.entries(this.theme.colors)) this.root.style.setProperty(`--sw-${role}`, value);
    this.theme.classes.forEach((value, place) => this.root.style.setProperty(`--sw-class-${place}`, value));
  }

  close() {}
}

// What Streamlit's component calls of a module whose lab is of this class.
export function mounting(Kind) {
  const mounted = new WeakMap(); // Streamlit's element → lab
  return {
    mount({ parentElement, data, setTriggerValue }) {
      if (!mounted.has(parentElement)) mounted.set(parentElement, new Kind(parentElement));
      mounted.get(parentElement).update(data, setTriggerValue);
    },
    unmount(parentElement) {
      mounted.get(parentElement)?.close();
      mounted.delete(parentElement);
    },
  };
}

// A panel with its title.
export function panel(grid, id, title, kind = "") {
  const frame = grid.appendChild(element("section", `sw-panel sw-free ${kind}`));
  frame.dataset.panel = id;
  const head = frame.appendChild(element("div", "sw-head")).appendChild(element("h3", "", title));
  head.id = `lab-title-${id}`;
  frame.setAttribute("aria-labelledby", head.id);
  return frame;
}
