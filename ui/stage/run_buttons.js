// RunButtons: Train or Pause, Step, Reset, and the speed. A press shows at once, before the run has heard of it.

import { element } from "./format.js";
import { pageSettled } from "./page_script.js";
import { steering as steeringOf } from "./steering.js";
import { styles } from "./styles.js";

await styles("run_buttons.css");

const EXPECTED = { train: ["running", true], pause: ["paused", false], step: ["paused", false], reset: ["paused", false] }; // status, and whether it goes on
const ENDED = ["finished", "stopped", "diverged", "failed"];
const SETTLED = 1500; // ms after an answer in which the run has become what was expected, or never will

// A file is made as its run stands, so it is asked for when the presses before it are answered: another line may be the faster one.
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[download]");
  const [, run] = link?.pathname.match(/\/runs\/([^/]+)\/files\//) ?? [];
  if (!run || !steeringOf(run).waiting) return;
  event.preventDefault();
  steeringOf(run).last.then(() => link.click()); // also where the page has been drawn anew, and the link is no longer on it
}, true);

export class RunButtons {
  // `changed` is called when what is expected of the run has changed.
  constructor(place, steering, changed) {
    Object.assign(this, { steering, changed, run: {}, expected: null });
    this.root = element("div", "sw-run");
    place.prepend(this.root);
    this.main = this.button("main", "Space");
    this.faces = ["train", "pause"].map((verb) => {
      const face = element("span", "sw-run-face");
      face.append(sign(verb === "train" ? "▶" : "❙❙"), element("span"));
      return [verb, face];
    });
    const faces = element("span", "sw-run-faces"); // both in one place: the button is as wide as the wider one, in any language
    faces.append(...this.faces.map(([, face]) => face));
    this.main.prepend(faces);
    this.steps = this.button("step", "S");
    this.again = this.button("reset", "0");
    this.steps.prepend(sign("❙▶"), element("span", "sw-word"));
    this.again.prepend(sign("↺"), element("span", "sw-word"));
    this.speed = this.root.appendChild(element("select", "sw-select sw-speed"));
    this.speed.onchange = () => this.hasten();
    this.said = this.root.appendChild(element("span", "sw-unsent"));
    this.said.setAttribute("role", "status");
  }

  button(verb, key) {
    const made = this.root.appendChild(element("button", `sw-button sw-run-${verb}`));
    Object.assign(made, { type: "button", onclick: () => this.press(verb) });
    made.append(element("kbd", "", key));
    return made;
  }

  update({ steered, labels, speeds = [] }) {
    this.labels = labels;
    this.root.hidden = !steered;
    for (const [verb, face] of this.faces) face.lastChild.textContent = labels[verb];
    this.steps.querySelector(".sw-word").textContent = labels.step;
    this.again.querySelector(".sw-word").textContent = labels.reset;
    this.speed.ariaLabel = this.speed.title = labels.speed;
    this.choices(speeds.map((speed) => [String(speed), speed === null ? labels.max : labels.a_second.replace("{n}", speed)]));
    this.show(this.run);
  }

  // The list of speeds; one that is as it was is left alone, as it may be open.
  choices(wanted) {
    const written = JSON.stringify(wanted);
    if (written === this.written) return;
    this.written = written;
    this.speed.replaceChildren(...wanted.map(([value, text]) => Object.assign(element("option", "", text), { value })));
  }

  get going() {
    return this.expected ? this.expected.going : Boolean(this.run.going);
  }

  // What the server says of the run; what was expected is forgotten once it is so, or cannot become so any more.
  show(run) {
    this.run = run;
    const { expected } = this;
    if (expected?.generation <= run.generation && (ENDED.includes(run.status) || Boolean(run.going) === expected.going)) this.expected = null;
    if (this.hastened === undefined || this.hastened === run.speed) {
      this.hastened = undefined;
      this.speed.value = String(run.speed);
    }
    const verb = this.going ? "pause" : "train";
    for (const [name, face] of this.faces) face.classList.toggle("sw-away", name !== verb);
    this.main.dataset.verb = verb;
    this.steps.disabled = !this.expected && ENDED.includes(run.status);
  }

  // False where there is nothing to press.
  press(button) {
    const verb = button === "main" ? this.main.dataset.verb : button;
    if (this.root.hidden || (verb === "step" && this.steps.disabled)) return false;
    const [status, going] = EXPECTED[verb];
    const mine = { status, going }; // with a generation once it is answered
    this.expect(mine);
    this.steering.send({ command: verb }, verb === "pause" ? undefined : pageSettled).then((answer) => this.answered(mine, answer));
    return true;
  }

  expect(expected) {
    this.expected = expected;
    this.said.textContent = "";
    this.changed();
  }

  answered(mine, { error, generation }) {
    if (this.expected === mine) {
      mine.generation = generation;
      if (error) this.expect(null);
      else setTimeout(() => this.expected === mine && this.expect(null), SETTLED);
    }
    if (error) this.fail(error);
    else this.changed();
  }

  fail(error) {
    this.said.textContent = this.labels[error === "unknown_run" ? "gone" : "unsent"];
  }

  async hasten() {
    const speed = this.speed.value === "null" ? null : Number(this.speed.value);
    this.hastened = speed;
    this.said.textContent = "";
    const { error } = await this.steering.send({ command: "speed", speed });
    if (!error) return;
    this.hastened = undefined;
    this.show(this.run);
    this.fail(error);
  }
}

function sign(text) {
  const made = element("span", "sw-sign", text);
  made.ariaHidden = "true";
  return made;
}
