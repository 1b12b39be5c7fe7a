// Facts: what PyTorch says of each line's tensor: shape, dtype, stride, storage.

import { element, fill } from "./format.js";
import { tuple } from "./tensors_storage.js";

export class Facts {
  constructor(frame, words, choose) {
    Object.assign(this, { words, choose });
    this.box = frame.appendChild(element("div", "tn-scroll"));
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", words.facts);
  }

  show(report) {
    const { words } = this;
    const table = element("table", "tn-facts");
    const heads = ["", words.rank, words.shape, "dtype", words.stride, words.offset, words.contiguous, words.memory, words.bytes];
    table.createTHead().insertRow().append(...heads.map((text) => Object.assign(element("th", "", text), { scope: "col" })));
    const body = table.createTBody();
    for (const line of report.lines) {
      for (const tensor of line.tensors) body.append(this.row(line, tensor));
    }
    this.box.replaceChildren(table);
  }

  row(line, tensor) {
    const { words } = this;
    const row = document.createElement("tr");
    row.dataset.line = line.number;
    row.onclick = () => this.choose(line.number);
    const shares = tensor.shares.length ? fill(words.shares, { names: tensor.shares.join(", ") }) : tensor.copied ? words.copied : words.own;
    const cells = [
      tensor.shape.length, tuple(tensor.shape), tensor.dtype, tuple(tensor.stride), tensor.offset, tensor.contiguous ? "True" : "False", shares,
      fill(words.size, { bytes: tensor.bytes, of: tensor.storage?.bytes ?? 0 }),
    ];
    const head = Object.assign(element("th", "", tensor.name), { scope: "row" });
    row.append(head, ...cells.map((text) => element("td", "", String(text))));
    return row;
  }

  light(number) {
    for (const row of this.box.querySelectorAll("tbody tr")) row.classList.toggle("tn-on", Number(row.dataset.line) === number);
  }
}
