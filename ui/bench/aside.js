// Aside: a place outside of the stage for one of its panels, lent to the stage of this run while it is mounted.

import { steering } from "./steering.js";

const lent = new WeakMap(); // Streamlit's element → the run, and what takes the place back

// Called at each rerun with Streamlit's component.
export function mount({ parentElement, data }) {
  if (lent.get(parentElement)?.run === data.run) return;
  unmount(parentElement);
  const back = steering(data.run).lend(data.panel, parentElement.querySelector(".stepwise-aside"));
  lent.set(parentElement, { run: data.run, back });
}

export function unmount(parentElement) {
  lent.get(parentElement)?.back();
  lent.delete(parentElement);
}
