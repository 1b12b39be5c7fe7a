// Shapes: the tensors of one iteration, each size with its meaning, up to the view that CrossEntropyLoss takes.

import { element, fill } from "./format.js";
import "./sequence.js";

export function create(frame, spec, context) {
  frame.classList.add("sw-free");
  const row = frame.appendChild(element("div", "sw-tensors"));
  const note = frame.appendChild(element("p", "sw-about"));
  let written = "";
  let shapes = null;

  function draw() {
    const state = JSON.stringify(shapes);
    if (!shapes || state === written) return;
    written = state;
    row.replaceChildren(...shapes.flatMap((shape, index) => (index ? [arrow(shape), tensor(shape, spec)] : [tensor(shape, spec)])));
    const [batch, sequence] = shapes[0].size;
    const [rows, classes] = shapes.find(({ name }) => name === "logits").size;
    note.textContent = fill(spec.words.note, { batch, sequence, classes, rows });
  }

  return {
    wanted: ["shapes"],
    views(views) {
      if (!("shapes" in views)) return;
      shapes = views.shapes;
      context.draw(draw);
    },
  };
}

function arrow({ name }) {
  const sign = element("span", "sw-arrow", name === "targets" ? "↔" : "→");
  sign.setAttribute("aria-hidden", "true");
  return sign;
}

function tensor({ name, size, dims, dtype }, spec) {
  const box = element("div", "sw-tensor");
  box.dataset.tensor = name;
  const classes = size[1];
  box.append(element("code", "", fill(spec.names[name] ?? name, { classes })));
  const sizes = box.appendChild(element("div", "sw-sizes"));
  size.forEach((number, index) => {
    const one = sizes.appendChild(element("span", "sw-size"));
    one.append(element("b", "", String(number)), element("small", "", spec.dims[dims[index]] ?? dims[index]));
  });
  box.append(element("small", "sw-dtype", dtype));
  return box;
}
