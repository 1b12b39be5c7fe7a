// Grid: where the panels stand: in the visitor's order, without those that are hidden, or one enlarged over the others; and each
// note on the panel that it speaks of.

import { Arrangement, PanelMenu } from "./arrangement.js";
import { element } from "./format.js";
import { spans } from "./spans.js";

export const PLACED = ["readouts", "words"]; // kinds of panels with a place of their own
const DRAGGED = "text/x-stepwise-panel";

export class Grid {
  // Grows in `stage`, with its menu in `bar`; changed() is called when the visitor has arranged the panels. What the page says of the
  // arrangement afterwards is only what it was told, and may be older than what is on screen: it is read once.
  constructor(stage, bar, { arrangement }, changed) {
    this.stage = stage;
    this.root = stage.appendChild(element("div", "sw-grid"));
    this.arrangement = new Arrangement(changed, arrangement);
    this.menu = new PanelMenu(bar, this.arrangement);
  }

  get large() {
    return this.arrangement.large;
  }

  // What a link says of these panels.
  text(specs) {
    return this.arrangement.text(specs.filter(movable));
  }

  // The panels that are to be seen, in their order.
  shown(specs) {
    const { arrangement } = this;
    return [...specs.filter((spec) => !movable(spec)), ...arrangement.sorted(specs.filter(movable)).filter(({ id }) => !arrangement.hidden.has(id))];
  }

  // Puts the frames of `panels` (id → panel) where they belong; moved for nothing one would lose its focus and its scroll.
  place(shown, panels, { labels, panels: specs }) {
    this.specs = specs.filter(movable);
    const frames = shown.filter(movable).map(({ id }) => panels.get(id).frame);
    frames.forEach((frame, index) => frame !== this.root.children[index] && this.root.insertBefore(frame, this.root.children[index] ?? null));
    this.root.classList.toggle("sw-enlarged", frames.some((frame) => frame.dataset.panel === this.large));
    for (const [name, columns] of [["--sw-of-two", 2], ["--sw-of-three", 3]]) {
      spans(frames.map(width), columns).forEach((span, index) => frames[index].style.setProperty(name, span));
    }
    for (const frame of frames) mark(frame, frame.dataset.panel === this.large, labels);
    const large = panels.get(this.large)?.frame;
    for (const { id, at } of shown.filter(({ kind }) => kind === "words")) { // where it is seen, also when its panel is not
      const place = large ?? panels.get(at)?.frame ?? frames[0] ?? this.stage;
      const note = panels.get(id).frame;
      if (note.parentNode !== place) place.append(note);
    }
    this.menu.show(this.specs, labels);
  }

  enlarge(id) {
    if (!id) return false;
    this.arrangement.enlarge(id);
    return true;
  }

  // The panel that the visitor looks at: the one that is enlarged, has the focus, or is pointed at.
  looked() {
    const frame = document.activeElement?.closest?.(".sw-grid > .sw-panel") ?? this.root.querySelector(":scope > .sw-panel:hover");
    return this.large || frame?.dataset.panel;
  }

  // What enlarges, hides and moves a panel, in its head.
  handles(frame, head, labels) {
    const id = frame.dataset.panel;
    const button = (name, sign, press) => head.appendChild(Object.assign(element("button", `sw-button sw-icon ${name}`, sign), { type: "button", onclick: press }));
    button("sw-enlarge", "⤢", () => this.enlarge(id));
    const hide = button("sw-hide", "×", () => this.arrangement.show(id, false));
    hide.title = hide.ariaLabel = labels.hide.replace("{panel}", head.firstChild.textContent);
    head.ondblclick = ({ target }) => target.closest("button, select") || this.enlarge(id);
    head.draggable = true;
    head.ondragstart = ({ dataTransfer }) => dataTransfer.setData(DRAGGED, id);
    frame.ondragover = (event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault();
    frame.ondrop = (event) => {
      event.preventDefault();
      this.arrangement.move(this.specs, event.dataTransfer.getData(DRAGGED), id);
    };
  }

  close() {
    this.menu.close();
  }
}

// Whether it stands in the grid, and may be arranged there.
function movable({ kind, aside }) {
  return !aside && !PLACED.includes(kind);
}

function mark(frame, large, labels) {
  frame.classList.toggle("sw-large", large);
  const title = labels[large ? "shrink" : "enlarge"].replace("{panel}", frame.querySelector("h3").textContent);
  Object.assign(frame.querySelector(".sw-enlarge"), { title, ariaLabel: title, ariaPressed: String(large) });
}

// The columns that a panel asks for.
function width({ classList }) {
  return classList.contains("sw-full") ? Infinity : classList.contains("sw-wide") ? 2 : 1;
}
