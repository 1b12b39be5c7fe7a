// Arrangement: which panels are shown, in which order, and the one that is enlarged over the others. It is in the page's
// link (`panels=loss,network,-probe&large=loss`): panels that it does not name follow in the page's own order.

import { element } from "./format.js";

export class Arrangement {
  // changed(): after each change; text: {panels, large}, as the link says them.
  constructor(changed, { panels = "", large = "" } = {}) {
    this.changed = changed;
    this.read({ panels, large });
  }

  read({ panels = "", large = "" }) {
    const named = panels.split(",").filter(Boolean);
    this.order = named.map((name) => name.replace(/^-/, ""));
    this.hidden = new Set(named.filter((name) => name.startsWith("-")).map((name) => name.slice(1)));
    this.large = large;
  }

  // The panels of a page in this order, hidden ones among them.
  sorted(specs) {
    const place = ({ id }) => (this.order.includes(id) ? this.order.indexOf(id) : this.order.length + specs.findIndex((one) => one.id === id));
    return [...specs].sort((a, b) => place(a) - place(b));
  }

  // What the link says of it; empty where all is as at first.
  text(specs) {
    const sorted = this.sorted(specs).map(({ id }) => id);
    const moved = sorted.some((id, index) => id !== specs[index].id);
    const hidden = sorted.filter((id) => this.hidden.has(id));
    const names = moved ? sorted.map((id) => (this.hidden.has(id) ? `-${id}` : id)) : hidden.map((id) => `-${id}`);
    return { panels: names.join(","), large: specs.some(({ id }) => id === this.large) ? this.large : "" };
  }

  enlarge(id) {
    this.large = this.large === id ? "" : id;
    this.changed();
  }

  show(id, shown) {
    if (shown) this.hidden.delete(id);
    else this.hidden.add(id);
    if (!shown && this.large === id) this.large = "";
    this.changed();
  }

  // Puts a panel to where another one stands.
  move(specs, id, target) {
    const order = this.sorted(specs).map((spec) => spec.id);
    const [from, to] = [order.indexOf(id), order.indexOf(target)];
    if (from < 0 || to < 0 || from === to) return;
    order.splice(to, 0, ...order.splice(from, 1));
    this.order = order;
    this.changed();
  }

  forget() {
    this.read({});
    this.changed();
  }
}

// A button whose list says which panels there are: each can be shown, hidden and moved by it, also with the keyboard.
export class PanelMenu {
  constructor(parent, arrangement) {
    this.arrangement = arrangement;
    this.root = parent.appendChild(element("div", "sw-menu"));
    this.button = this.root.appendChild(Object.assign(element("button", "sw-button sw-icon", "▦"), { type: "button" }));
    this.list = this.root.appendChild(element("div", "sw-menu-list"));
    this.list.setAttribute("role", "group");
    this.button.onclick = () => this.open(this.list.hidden);
    this.root.onkeydown = (event) => event.key === "Escape" && !this.list.hidden && (event.stopPropagation(), this.open(false), this.button.focus());
    this.outside = ({ target }) => this.root.contains(target) || this.open(false);
    this.open(false);
  }

  open(open) {
    this.list.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) document.addEventListener("pointerdown", this.outside);
    else document.removeEventListener("pointerdown", this.outside);
  }

  show(specs, labels) {
    const sorted = this.arrangement.sorted(specs);
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.does : null;
    this.button.title = labels.panels;
    for (const node of [this.button, this.list]) node.setAttribute("aria-label", labels.panels);
    const rows = sorted.map((spec, index) => this.row(spec, sorted[index - 1], sorted[index + 1], specs, labels));
    const forget = Object.assign(element("button", "sw-button", labels.arrange_anew), { type: "button", onclick: () => this.arrangement.forget() });
    forget.disabled = !Object.values(this.arrangement.text(specs)).some(Boolean);
    this.list.replaceChildren(...rows, forget);
    if (focused) this.list.querySelector(`[data-does="${focused}"]`)?.focus();
  }

  row(spec, before, after, specs, labels) {
    const { arrangement } = this;
    const row = element("div", "sw-menu-row");
    const label = row.appendChild(element("label"));
    const box = label.appendChild(Object.assign(element("input"), { type: "checkbox", checked: !arrangement.hidden.has(spec.id) }));
    box.dataset.does = `show-${spec.id}`;
    box.onchange = () => arrangement.show(spec.id, box.checked);
    label.append(element("span", "", spec.title));
    for (const [sign, name, other] of [["↑", "earlier", before], ["↓", "later", after]]) {
      const button = row.appendChild(Object.assign(element("button", "sw-button sw-icon", sign), { type: "button", disabled: !other }));
      button.dataset.does = `${name}-${spec.id}`;
      button.setAttribute("aria-label", labels[`move_${name}`].replace("{panel}", spec.title));
      button.onclick = () => arrangement.move(specs, spec.id, other.id);
    }
    return row;
  }

  close() {
    this.open(false);
  }
}
