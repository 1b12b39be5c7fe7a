// Gallery: the digits that the network reads wrongly now. One that is pressed is looked at in the other panels.

import { inked, picture } from "./digits.js";
import { element, fill } from "./format.js";
import { squares } from "./ink.js";
import { pen } from "./picture.js";

const SIZE = 56; // px of a digit

export function create(frame, spec, context) {
  const { words } = spec;
  const count = frame.querySelector(".sw-head").appendChild(element("span", "sw-count"));
  const body = frame.appendChild(element("div", "sw-thumbs sw-fill sw-scrolls"));
  body.tabIndex = 0;
  body.setAttribute("role", "group");
  body.setAttribute("aria-label", spec.title);
  const size = context.projector ? 1.3 * SIZE : SIZE;
  body.style.setProperty("--sw-thumb", `${size}px`);
  let [shown, written, latest] = [[], "", null];

  // Buttons are kept and filled anew: one that has the focus keeps it while the network learns.
  function draw(view) {
    const state = JSON.stringify([view, context.chosen.digit]);
    if (state === written) return;
    written = state;
    count.textContent = fill(words.count, view);
    shown = view.rows;
    while (body.children.length > shown.length) body.lastChild.remove();
    shown.forEach((one, place) => write(body.children[place] ?? body.appendChild(thumb(place)), one));
    if (!shown.length) body.replaceChildren(element("p", "sw-empty-words", words.empty));
  }

  function thumb(place) {
    if (body.firstChild?.tagName === "P") body.replaceChildren();
    const button = element("button", "sw-digit");
    button.type = "button";
    button.append(element("canvas"), element("span"));
    button.onclick = () => context.choose({ digit: shown[place].ink, digitNumber: shown[place].row, digitKind: shown[place].label });
    return button;
  }

  function write(button, one) {
    const [canvas, caption] = button.children;
    if (button.dataset.ink !== one.ink) {
      button.dataset.ink = one.ink;
      const brush = pen(canvas, size, size);
      brush.imageSmoothingEnabled = false;
      brush.drawImage(picture(squares(one.ink), 8, inked(context.theme)), 0, 0, size, size);
    }
    caption.textContent = `${one.label}→${one.predicted}`;
    button.classList.toggle("sw-tested", one.test);
    button.title = button.ariaLabel = `${fill(words.one, one)} (${one.test ? words.tested : words.trained})`;
    button.setAttribute("aria-pressed", String(one.ink === context.chosen.digit));
  }

  return {
    wanted: ["mistakes"],
    views(views) {
      if (!("mistakes" in views)) return;
      latest = views.mistakes;
      context.draw(() => draw(latest));
    },
    chosen() {
      if (latest) context.draw(() => draw(latest));
    },
  };
}
