// Prompt: what is typed here the network continues, character by character, with the probabilities it chose from.

import { element, fill } from "./format.js";
import "./sequence.js";

const PACE = 60; // ms between two characters
const WAYS = ["greedy", "temperature", "top_k"];

export function create(frame, spec, context) {
  return new Prompt(frame, spec, context);
}

class Prompt {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, timer: 0 });
    context.memory.asking ??= { prompt: "", way: "temperature", temperature: 0.5, top_k: 3, length: 40 };
    this.form(frame.appendChild(element("form", "sw-prompting")));
    this.said = frame.appendChild(element("p", "sw-about"));
    this.said.setAttribute("role", "status");
    const result = frame.appendChild(element("div", "sw-continued sw-fill"));
    this.text = result.appendChild(element("div", "sw-characters"));
    this.text.tabIndex = 0;
    this.text.setAttribute("role", "group");
    this.text.setAttribute("aria-label", spec.title);
    this.text.onclick = (event) => this.press([...this.text.querySelectorAll("button")].indexOf(event.target));
    const chances = result.appendChild(element("div", "sw-chances"));
    chances.append(element("p", "sw-about", spec.words.candidates));
    this.chances = chances.appendChild(element("ol"));
    if (context.memory.result) this.show(context.memory.result, false);
    else this.said.textContent = spec.words.empty;
  }

  get wanted() {
    return this.context.memory.asked ? [this.context.memory.asked] : [];
  }

  form(form) {
    const { words } = this.spec;
    const asking = this.context.memory.asking;
    const prompt = labelled(form, words.prompt, { type: "text", value: asking.prompt, placeholder: words.placeholder, maxLength: this.spec.longest });
    prompt.parentNode.classList.add("sw-grow");
    const way = labelled(form, words.way, {}, "select");
    for (const name of WAYS) way.append(Object.assign(element("option", "", words[name]), { value: name }));
    way.value = asking.way;
    const numbers = {
      temperature: labelled(form, words.temperature, { type: "number", min: 0.1, max: 5, step: 0.1, required: true, value: asking.temperature }),
      top_k: labelled(form, words.k, { type: "number", min: 1, max: 100, step: 1, required: true, value: asking.top_k }),
      length: labelled(form, words.length, { type: "number", min: 1, max: 200, step: 1, required: true, value: asking.length }),
    };
    const usable = () => {
      numbers.temperature.parentNode.classList.toggle("sw-unused", way.value === "greedy");
      numbers.top_k.parentNode.classList.toggle("sw-unused", way.value !== "top_k");
      numbers.temperature.disabled = way.value === "greedy";
      numbers.top_k.disabled = way.value !== "top_k";
    };
    usable();
    way.onchange = usable;
    form.append(Object.assign(element("button", "sw-button sw-go", words.write), { type: "submit" }));
    form.onsubmit = (event) => {
      event.preventDefault();
      const typed = Object.fromEntries(Object.entries(numbers).map(([name, input]) => [name, Number(input.value)]));
      this.ask({ prompt: prompt.value, way: way.value, ...typed });
    };
  }

  // The view's name is the question, as `core.experiments.char_rnn.view_names.Continuation.name` writes it.
  ask(asking) {
    const { memory } = this.context;
    memory.asking = asking;
    memory.draw = (memory.draw ?? Math.floor(Math.random() * 2 ** 30)) + 1;
    memory.asked = `continuation:${new URLSearchParams({ ...asking, draw: memory.draw })}`;
    this.said.textContent = this.spec.words.writing;
    this.context.retarget(0);
  }

  views(views) {
    const { memory } = this.context;
    if (!memory.asked || !(memory.asked in views)) return;
    memory.result = { ...views[memory.asked], alphabet: this.context.run.generation };
    memory.asked = null;
    this.context.retarget();
    this.context.draw(() => this.show(memory.result, true));
  }

  show(result, slowly) {
    clearTimeout(this.timer);
    Object.assign(this, { result, following: true });
    const unknown = result.unknown.length ? ` ${fill(this.spec.words.unknown, { characters: result.unknown.join(" ") })}` : "";
    this.said.textContent = `${fill(this.spec.words.moment, { iteration: result.iteration })}${unknown}`;
    this.text.replaceChildren(element("bdi", "sw-typed", result.prompt));
    this.chances.replaceChildren();
    if (slowly && !matchMedia("(prefers-reduced-motion: reduce)").matches) return this.reveal(0);
    result.steps.forEach((step) => this.append(step));
    if (result.steps.length) this.select(0);
  }

  reveal(index) {
    const step = this.result.steps[index];
    if (!step) return;
    this.append(step);
    if (this.following) this.select(index);
    this.timer = setTimeout(() => this.reveal(index + 1), PACE);
  }

  append({ character, probability }) {
    const button = this.text.appendChild(element("button", "sw-character", character));
    button.type = "button";
    button.style.setProperty("--sw-chance", probability);
  }

  // Whoever presses a character while it is still being written stays there.
  press(index) {
    if (index < 0) return;
    this.following = false;
    this.select(index);
  }

  select(index) {
    this.text.querySelectorAll("button").forEach((button, place) => button.setAttribute("aria-pressed", String(place === index)));
    const { candidates, character } = this.result.steps[index];
    let marked = false; // labels may repeat, and only one was chosen
    this.chances.replaceChildren(...candidates.map(([label, probability]) => {
      const chosen = !marked && label === character;
      marked ||= chosen;
      return chance(label, probability, chosen);
    }));
  }

  destroy() {
    clearTimeout(this.timer);
  }
}

function labelled(form, text, properties, tag = "input") {
  const label = form.appendChild(element("label", "sw-field"));
  label.append(element("span", "", text));
  return label.appendChild(Object.assign(document.createElement(tag), properties));
}

function chance(label, probability, chosen) {
  const line = element("li", chosen ? "sw-drawn" : "");
  const bar = element("span", "sw-bar-box");
  bar.append(Object.assign(element("span", "sw-bar-share"), { style: `width: ${100 * probability}%` }));
  line.append(element("bdi", "", label), bar, element("span", "sw-percent", `${(100 * probability).toFixed(1)} %${chosen ? " ●" : ""}`));
  return line;
}
