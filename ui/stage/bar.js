// Bar: one line above the panels: the page's title, the run's buttons, what it is doing, how far it is, how fast, and whether we hear of it.

import { element, fill } from "./format.js";

const BEHIND = 0.85; // of the speed asked for: below it, both are shown

export class Bar {
  constructor(stage) {
    this.root = stage.appendChild(element("div", "sw-bar"));
    const add = (tag, name) => this.root.appendChild(element(tag, name));
    this.title = add("h1", "sw-title");
    this.actions = add("div", "sw-actions");
    this.state = add("strong", "sw-state");
    const where = add("div", "sw-where");
    [this.steps, this.rate, this.progress] = ["span", "span", "progress"].map((tag) => where.appendChild(element(tag)));
    this.steps.className = "sw-steps";
    this.rate.className = "sw-rate";
    this.busy = add("span", "sw-busy");
    this.device = add("span", "sw-device");
    this.connection = add("span", "sw-link");
    this.connection.setAttribute("role", "status");
    this.watching = add("span", "sw-watching");
  }

  name({ title, steered, labels }) {
    this.title.textContent = title;
    this.watching.textContent = steered ? "" : labels.watching;
  }

  show({ status, last = 1, rate, speed, slowed, device }, step, labels) {
    this.state.dataset.state = status ?? "";
    this.state.textContent = status ? labels[`status.${status}`] ?? status : labels.connecting;
    this.steps.textContent = status ? `${step} / ${last}` : "";
    Object.assign(this.progress, { max: last, value: Math.max(0, Math.min(last, step)) });
    this.progress.setAttribute("aria-label", labels.progress);
    const running = status === "running";
    const numbers = { rate: rate >= 10 ? Math.round(rate) : rate, speed };
    this.rate.textContent = running && rate ? fill(labels[rate < BEHIND * speed ? "rate_behind" : "rate"], numbers) : "";
    this.busy.textContent = this.busy.title = running && slowed ? labels.slowed : "";
    const only = device?.reason === "no_gpu"; // there is nothing to say of a machine's only device, and the page's header does
    const reason = device?.reason ? ` · ${labels[`device.${device.reason}`] ?? device.reason}` : "";
    this.device.textContent = device?.name && !only ? `${device.title}${reason}` : "";
  }

  // state: "open", "lost" or "gone"
  link(state, labels) {
    this.connection.textContent = state === "open" ? "" : labels[state === "gone" ? "gone" : "reconnecting"];
  }
}
