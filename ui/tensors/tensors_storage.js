// Storage: the memory behind the tensors of the chosen line, cell by cell in the order of its addresses, and which tensor uses which cell.

import { element, fill } from "./format.js";
import { written } from "./tensors_sources.js";

export class StorageStrip {
  constructor(frame, words, point) {
    Object.assign(this, { words });
    this.box = frame.appendChild(element("div", "tn-storages"));
    const look = (event) => {
      const found = event.target.closest?.(".tn-slot")?.dataset;
      if (found) point({ storage: Number(found.storage), at: Number(found.at) });
    };
    this.box.onpointerover = look;
    this.box.addEventListener("focusin", look);
    this.box.onpointerleave = () => point(null);
    this.box.onkeydown = (event) => {
      const slot = event.target.closest(".tn-slot");
      const next = { ArrowRight: slot?.nextElementSibling, ArrowLeft: slot?.previousElementSibling }[event.key];
      if (!next) return;
      event.preventDefault();
      slot.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    };
  }

  // The storages of these figures' tensors, each as it is after the line.
  show(report, line, figures) {
    const storages = new Map();
    for (const { tensor } of figures) if (tensor.storage) storages.set(tensor.storage.number, { ...tensor.storage, used: storages.get(tensor.storage.number)?.used ?? [] });
    for (const { tensor } of figures) storages.get(tensor.storage?.number)?.used.push(tensor);
    this.slots = new Map();
    this.box.replaceChildren(...[...storages.values()].map((storage, order) => this.strip(storage, order)));
    if (!storages.size) this.box.append(element("p", "sw-about", this.words.no_storage));
  }

  strip({ number, bytes, cells, used }, order) {
    const { words } = this;
    const strip = element("section", "tn-storage");
    const names = [...new Set(used.map(({ name }) => name))];
    const title = fill(words.strip, { number: order + 1, count: cells.length, bytes, names: names.join(", ") });
    const head = strip.appendChild(element("div", "tn-strip"));
    head.append(element("h4", "", title));
    const last = used.at(-1);
    const own = new Set(last.places);
    const orders = ordered(last);
    if (orders.size) strip.append(element("p", "tn-walk", fill(words.order, { name: last.name })));
    const row = strip.appendChild(element("div", "tn-slots"));
    row.setAttribute("role", "list");
    row.setAttribute("aria-label", title);
    cells.forEach((value, at) => {
      const slot = row.appendChild(element("span", own.has(at) ? "tn-slot tn-own" : "tn-slot"));
      slot.setAttribute("role", "listitem");
      slot.append(element("small", "", String(at)), element("span", "", written(value)));
      if (orders.size) slot.append(element("small", "tn-order", orders.get(at) ?? ""));
      slot.tabIndex = at ? -1 : 0;
      Object.assign(slot.dataset, { storage: number, at });
      this.slots.set(`${number}/${at}`, slot);
    });
    for (const name of names) {
      const tensor = used.findLast((one) => one.name === name);
      head.append(element("p", "tn-walk", fill(words.walk, { name, shape: tuple(tensor.shape), stride: tuple(tensor.stride), offset: tensor.offset })));
    }
    return strip;
  }

  light(place, figures) {
    this.box.querySelectorAll(".tn-at").forEach((slot) => slot.classList.remove("tn-at"));
    if (!place) return;
    const tensor = place.result === undefined ? null : figures.find((one) => one.tensor.result === place.result)?.tensor;
    const key = tensor ? `${tensor.storage?.number}/${tensor.places[place.cell]}` : `${place.storage}/${place.at}`;
    this.slots.get(key)?.classList.add("tn-at");
  }
}

// For each cell the places in the tensor's own order that it has, where that is not simply the order of the cells.
function ordered({ places }) {
  const found = new Map();
  if (places.every((at, place) => at === places[0] + place)) return found;
  places.forEach((at, place) => found.set(at, found.has(at) ? `${found.get(at)}…`.replace("……", "…") : `${place + 1}.`));
  return found;
}

export function tuple(sizes) {
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`;
}
