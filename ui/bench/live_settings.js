// LiveSettings: the fields that bend the run, beside the stage; on a phone a sheet over its lower half, on a projector a strip.

import { element } from "./format.js";
import { LiveSetting } from "./live_setting.js";
import { steering } from "./steering.js";
import { styles } from "./styles.js";

const SWIPE = 40; // px

const mounted = new WeakMap(); // Streamlit's element → LiveSettings

// Called at each rerun with Streamlit's component; `base` is the app's address, with a slash at its end.
export async function mount({ parentElement, data }, base) {
  await styles("live_settings.css");
  if (mounted.get(parentElement)?.data.run !== data.run) {
    unmount(parentElement);
    mounted.set(parentElement, new LiveSettings(parentElement, data));
  }
  mounted.get(parentElement).update(data, base);
}

export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}

class LiveSettings {
  constructor(parentElement, data) {
    Object.assign(this, { data, rows: new Map(), steering: steering(data.run), left: new AbortController() });
    this.root = element("section", "sw-live sw-folded");
    this.handle = this.root.appendChild(Object.assign(element("button", "sw-live-handle"), { type: "button" }));
    this.body = this.root.appendChild(Object.assign(element("div", "sw-live-body"), { id: `sw-live-${data.run}` }));
    this.about = this.body.appendChild(element("p", "sw-live-about"));
    this.handle.setAttribute("aria-controls", this.body.id);
    this.gestures();
    this.fold(true);
    parentElement.querySelector(".stepwise-live").replaceChildren(this.root);
    this.leave = this.steering.follow(() => this.again());
  }

  get begun() {
    return Boolean(this.steering.status?.begun);
  }

  send(field, take, ready) {
    return this.steering.send(() => ({ command: "change", field, value: take(), lang: this.data.lang }), ready);
  }

  // The rows follow the run: what it has, and what was asked of it.
  again() {
    const { config, asked } = this.steering.status ?? {};
    for (const [name, row] of this.rows) row.hear({ ...config, ...asked }[name]);
  }

  update(data, base) {
    this.data = data;
    this.steering.hold(data.held, base);
    this.root.ariaLabel = data.labels.title;
    this.root.classList.toggle("sw-slim", data.projector);
    this.about.textContent = data.labels.about;
    this.handle.textContent = data.labels.title;
    const before = this.rows;
    this.rows = new Map(data.rows.map((spec) => [spec.name, this.row(spec, before.get(spec.name))]));
    const wanted = [this.about, ...[...this.rows.values()].map((row) => row.root)];
    if (wanted.length !== this.body.children.length || wanted.some((node, place) => node !== this.body.children[place])) this.body.replaceChildren(...wanted);
  }

  // The row that is there, if it is still to be the same; without a stream its value is the page's.
  row({ value, ...spec }, before) {
    const written = JSON.stringify([spec, this.data.labels, this.data.held]);
    if (before?.written !== written) return Object.assign(new LiveSetting({ ...spec, value }, this.data.labels, this, Boolean(this.data.held)), { written });
    if (!this.steering.status) before.hear(value);
    return before;
  }

  fold(folded) {
    this.folded = folded;
    this.root.classList.toggle("sw-folded", folded);
    this.handle.ariaExpanded = String(!folded);
  }

  // The sheet opens and closes at a press or a swipe on its handle, and closes at Escape.
  gestures() {
    const { signal } = this.left;
    let from = null; // where it was pressed; Infinity: it was a swipe, and the click that ends it is none
    this.handle.onpointerdown = ({ clientY, pointerId }) => {
      from = clientY;
      this.handle.setPointerCapture(pointerId);
    };
    this.handle.onpointermove = ({ clientY }) => {
      if (!Number.isFinite(from) || Math.abs(clientY - from) < SWIPE) return;
      this.fold(clientY > from);
      from = Infinity;
    };
    this.handle.onpointerup = this.handle.onpointercancel = () => setTimeout(() => (from = null));
    this.handle.onclick = () => from !== Infinity && this.fold(!this.folded);
    addEventListener("keydown", ({ key }) => key === "Escape" && !this.folded && this.fold(true), { signal });
  }

  close() {
    this.left.abort();
    this.leave();
  }
}
