// Samples: what the network has written at each of some iterations, the newest on top.

import { element, fill } from "./format.js";
import "./sequence.js";

export function create(frame, spec, context) {
  const scroll = frame.appendChild(element("div", "sw-samples-rows sw-fill sw-scrolls"));
  Object.assign(scroll, { tabIndex: 0 });
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", spec.title);
  const list = scroll.appendChild(element("ol"));
  let data = null;

  function draw() {
    if (!data) return;
    const samples = [data, ...data.earlier.slice().reverse()];
    while (list.children.length > samples.length) list.lastChild.remove();
    samples.forEach((sample, index) => write(list.children[index] ?? list.appendChild(line()), sample));
  }

  function write(item, { iteration, temperature, text }) {
    const [moment, words] = item.children;
    const said = fill(spec.words.iteration, { iteration, temperature });
    if (moment.textContent !== said) moment.textContent = said;
    if (words.textContent !== text) words.textContent = text;
  }

  return {
    wanted: ["sample"],
    views(views) {
      if (!("sample" in views)) return;
      data = views.sample;
      context.draw(draw);
    },
  };
}

function line() {
  const item = element("li");
  const words = element("span", "sw-written");
  words.dir = "auto";
  item.append(element("span", "sw-moment"), words);
  return item;
}
