// LiveSetting: one field, as a slider and a number that follow each other. It is sent while it is dragged, and follows the run.

import { element } from "./format.js";

const APART = 100; // ms between two values sent while one drags: as often as the run's curve is drawn anew
const QUIET = 300; // ms after an answer in which a status from before it may still arrive

let made = 0;

export class LiveSetting {
  // page.send(field, value, ready) resolves to the answer, and takes the value when its turn has come; page.steering.last is what was
  // sent last; page.begun says whether a change bends the run; page.again() has the rows hear.
  constructor(spec, labels, page, steers) {
    Object.assign(this, { spec, labels, page, inForce: spec.value, refused: false, underWay: [], sentAt: 0, heardAt: 0, pressed: false });
    const id = `sw-setting-${(made += 1)}`;
    this.root = element("div", "sw-setting");
    this.root.dataset.field = spec.name;
    const head = this.root.appendChild(element("div", "sw-setting-head"));
    head.append(Object.assign(element("label", "", spec.label), { htmlFor: id, id: `${id}-label` }));
    if (spec.help) this.explain(head, id);
    this.back = head.appendChild(Object.assign(element("button", "sw-default"), { type: "button", title: labels.back }));
    this.back.setAttribute("aria-describedby", `${id}-label`);
    this.back.onclick = () => this.put(spec.default);
    const inputs = this.root.appendChild(element("div", "sw-setting-inputs"));
    if (spec.stops.length) this.slider = inputs.appendChild(this.sliding());
    this.number = inputs.appendChild(this.exact(id));
    this.problem = this.root.appendChild(Object.assign(element("p", "sw-problem"), { id: `${id}-problem`, role: "alert" }));
    for (const input of inputs.children) input.disabled = !steers;
    this.back.disabled = !steers;
    this.show(spec.value);
  }

  explain(head, id) {
    const help = Object.assign(element("p", "sw-setting-help", this.spec.help), { hidden: true, id: `${id}-help` });
    const ask = Object.assign(element("button", "sw-ask", "?"), { type: "button", title: this.spec.help, ariaLabel: this.labels.help, ariaExpanded: "false" });
    ask.setAttribute("aria-describedby", `${id}-label`);
    ask.onclick = () => {
      help.hidden = !help.hidden;
      ask.ariaExpanded = String(!help.hidden);
    };
    head.append(ask);
    this.root.append(help);
  }

  sliding() {
    const slider = Object.assign(element("input"), { type: "range", min: 0, max: this.spec.stops.length - 1, step: 1, ariaLabel: this.spec.label });
    slider.onpointerdown = () => {
      this.pressed = true;
      const over = new AbortController(); // wherever it is let go
      const release = () => this.release(over.abort());
      for (const end of ["pointerup", "pointercancel"]) addEventListener(end, release, { signal: over.signal });
    };
    slider.oninput = () => {
      const value = this.spec.stops[slider.value];
      this.write(value);
      if (this.page.begun || !this.pressed) this.offer(value); // one that would begin a new run waits until it is let go
    };
    return slider;
  }

  exact(id) {
    const { low, high, whole, zero, stops } = this.spec;
    const step = whole ? 1 : stops.length ? "any" : 0.1;
    const number = Object.assign(element("input"), { type: "number", id, min: low ?? "", max: high ?? "", step, placeholder: zero, inputMode: "decimal" });
    number.onchange = () => this.offer(this.typed);
    number.onkeydown = (event) => {
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!way || !stops.length) return;
      event.preventDefault();
      this.put(stops[Math.min(stops.length - 1, Math.max(0, this.stop(Number(number.value)) + way))]);
    };
    return number;
  }

  get typed() {
    return this.number.value === "" ? (this.spec.zero ? 0 : "") : Number(this.number.value);
  }

  // The stop that is nearest.
  stop(value) {
    return this.spec.stops.reduce((best, stop, index, all) => (Math.abs(stop - value) < Math.abs(all[best] - value) ? index : best), 0);
  }

  release() {
    if (!this.pressed) return;
    this.pressed = false;
    const value = this.spec.stops[this.slider.value];
    if (value !== (this.underWay.at(-1)?.value ?? this.inForce)) this.offer(value);
  }

  put(value) {
    this.write(value);
    this.slide(value);
    this.offer(value);
  }

  // The value as the number shows it: an empty field says in words what no number means.
  write(value) {
    this.number.value = value === 0 && this.spec.zero ? "" : String(value);
    this.slider?.setAttribute("aria-valuetext", String(value));
  }

  slide(value) {
    if (this.slider) this.slider.value = this.stop(value);
  }

  // Text that is being typed, or was refused, stays in sight.
  get typing() {
    return this.refused || (document.activeElement === this.number && this.typed !== this.inForce);
  }

  show(value) {
    if (!this.typing) this.write(value);
    this.inForce = value;
    this.slide(value);
    const { spec, labels } = this;
    const word = spec.default === 0 && spec.zero ? spec.zero : String(spec.default);
    this.back.textContent = labels.default.replace("{value}", word);
    this.back.classList.toggle("sw-away", value === spec.default && !this.refused);
  }

  // What the run says. Not while something else is being said here, and has not come to the run yet.
  hear(value) {
    if (value === undefined || value === this.inForce || this.pressed || this.underWay.length || Date.now() < this.heardAt + QUIET) return;
    this.show(value);
  }

  // To be sent, in its turn among all that is done to the run: a press that comes after it must find it done. Of the values that come
  // while it waits the last goes.
  offer(value) {
    const latest = this.underWay.at(-1);
    if (latest?.waits && latest.sent === this.page.steering.last) return void (latest.value = value);
    const mine = { value, waits: true };
    this.underWay.push(mine);
    const take = () => {
      [mine.waits, this.sentAt] = [false, Date.now()];
      return mine.value;
    };
    mine.sent = this.page.send(this.spec.name, take, () => this.apart());
    mine.sent.then((answer) => this.answered(mine, answer));
  }

  apart() {
    const wait = this.sentAt + APART - Date.now();
    return wait > 0 && new Promise((resolve) => setTimeout(resolve, wait)); // else before a press that comes right after it
  }

  answered(mine, { error, text }) {
    this.underWay = this.underWay.filter((one) => one !== mine);
    this.heardAt = Date.now();
    if (!this.underWay.length) setTimeout(() => this.page.again(), QUIET + 1);
    this.refused = Boolean(error);
    this.problem.textContent = error ? text ?? this.labels[error === "unknown_run" ? "gone" : "unsent"] : "";
    this.number.ariaInvalid = String(this.refused);
    if (error) this.number.setAttribute("aria-describedby", this.problem.id);
    else this.number.removeAttribute("aria-describedby");
    if (this.underWay.length || this.pressed) return;
    this.show(error ? this.inForce : mine.value);
  }
}
