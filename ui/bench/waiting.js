// Waiting: why there is no place now, and where the visitor stands in the line; asks for it until the page may have a run.

import { element, fill } from "./format.js";
import { hold } from "./holding.js";
import { pageSettled } from "./page_script.js";
import { styles } from "./styles.js";

const PACE = 3000; // ms between two questions; a browser lets a hidden tab ask once a minute
const PATIENCE = 10_000; // ms in which a question is answered

const mounted = new WeakMap(); // Streamlit's element → Waiting

// Called at each rerun with Streamlit's component; `base` is the app's address, with a slash at its end.
export async function mount({ parentElement, data, setTriggerValue }, base) {
  await styles("waiting.css");
  if (mounted.get(parentElement)?.data.ticket !== data.ticket) {
    unmount(parentElement);
    mounted.set(parentElement, new Waiting(parentElement, base));
  }
  mounted.get(parentElement).update(data, () => setTriggerValue("free", data.ticket));
}

export function unmount(parentElement) {
  mounted.get(parentElement)?.close();
  mounted.delete(parentElement);
}

class Waiting {
  constructor(parent, base) {
    Object.assign(this, { base, closed: false, timer: 0, standing: null });
    this.root = element("section", "sw-waiting");
    [this.why, this.place, this.meanwhile] = ["p", "p", "p"].map((name) => this.root.appendChild(element(name)));
    this.place.role = "status"; // is read aloud when it changes
    parent.querySelector(".stepwise-waiting").replaceChildren(this.root);
  }

  update(data, free) {
    const first = !this.data;
    Object.assign(this, { data, free });
    this.why.textContent = data.why;
    this.meanwhile.textContent = data.meanwhile;
    this.say();
    if (!first) return;
    hold(data.ticket, this.base); // so that a reload finds it again
    this.ask();
  }

  async ask() {
    try {
      const address = `${this.base}places/${encodeURIComponent(this.data.ticket)}`;
      this.standing = await (await fetch(address, { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" })).json();
    } catch {
      // The line is broken for now; it is asked again.
    }
    if (this.closed) return;
    this.say();
    if (this.standing?.called) await pageSettled(); // not in the place of what the visitor has pressed
    if (this.closed) return;
    if (this.standing?.called) this.free();
    this.timer = setTimeout(() => this.ask(), PACE);
  }

  say() {
    const { standing, data } = this;
    const text = !standing ? "\u00a0" : standing.called ? data.free : fill(data.place, standing);
    if (this.place.textContent !== text) this.place.textContent = text;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }
}
