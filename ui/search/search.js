// Search: one search as it happens: every curve, what was chosen, who leads. Its news come over an event stream of its own;
// what steers it goes straight to its process. Which trial is looked at and what is brushed is known here alone.

import { element, fill, short } from "./format.js";
import { Lab, mounting, panel } from "./lab.js";
import { Board } from "./search_board.js";
import { Curves } from "./search_curves.js";
import { BestSoFar, Matters } from "./search_history.js";
import { FieldMap } from "./search_map.js";
import { Parallel } from "./search_parallel.js";
import { Trials } from "./search_trials.js";
import { Commands } from "./steering.js";
import { Stream } from "./stream.js";
import { styles } from "./styles.js";

await Promise.all(["stage.css", "search.css"].map(styles));

const MORE = 64; // trials that a press adds
const WISHED = ["turns", "beside"]; // what of a link is wished for while a search runs
const COOKIE = "stepwise-search"; // so that a reload finds the search again (ui/search/settings.py)
const NOTHING = { generation: null, since: -1, rows: 0, views: [], keep: 0 };
let base = "/";

class Search extends Lab {
  constructor(parent) {
    super(parent, "stepwise-search");
  }

  build(words) {
    this.words = words;
    this.search = undefined;
    this.said = ""; // of the last press, where it came to nothing
    this.bar = this.root.appendChild(element("div", "se-bar"));
    this.line = this.bar.appendChild(element("p", "se-line"));
    this.line.setAttribute("role", "status");
    this.buttons = this.bar.appendChild(element("div", "se-buttons"));
    this.fault = this.root.appendChild(element("p", "se-fault"));
    this.fault.setAttribute("role", "alert");
    this.invite(words);
    this.grid = this.root.appendChild(element("div", "se-grid"));
    const look = { choose: (number) => this.choose(number), brushed: () => this.brushed() };
    this.curves = new Curves(panel(this.grid, "curves", words.curves), words, look);
    this.parallel = new Parallel(panel(this.grid, "parallel", words.parallel), words, look);
    this.board = new Board(panel(this.grid, "board", words.board), words, look);
    this.map = new FieldMap(panel(this.grid, "map", words.map), words, { ...look, changed: () => this.soon() });
    this.matters = new Matters(panel(this.grid, "matters", words.importances), words);
    this.history = new BestSoFar(panel(this.grid, "history", words.history), words, look);
    this.parts = [this.curves, this.parallel, this.board, this.map, this.matters, this.history];
    for (const [name, text] of Object.entries(words.to_come)) this.grid.querySelector(`[data-panel=${name}]`).append(element("p", "se-to-come", text));
    this.resized = new ResizeObserver(() => this.soon());
    this.resized.observe(this.grid);
    this.make();
  }

  // Before anything is searched: what is ready, and the press that starts it.
  invite(words) {
    this.invitation = this.root.appendChild(element("div", "se-invitation"));
    const texts = this.invitation.appendChild(element("div"));
    texts.append((this.ready = element("p", "se-ready")), element("p", "", words.invitation));
    this.start = this.invitation.appendChild(element("button", "sw-button se-start", words.start));
    this.start.type = "button";
    this.start.addEventListener("click", () => {
      this.start.disabled = true;
      this.trigger("start", Date.now());
    });
  }

  // The presses that steer, and the files.
  make() {
    const { words } = this;
    const press = (name, command, text) => {
      const button = this.buttons.appendChild(element("button", "sw-button", text));
      button.type = "button";
      button.dataset.press = name;
      button.addEventListener("click", () => this.send(command()));
      return button;
    };
    this.pause = press("pause", () => ({ command: this.told?.status === "paused" ? "go" : "pause" }), words.pause);
    this.stop = press("stop", () => ({ command: "stop" }), words.stop);
    this.more = press("more", () => ({ command: "more", trials: MORE }), fill(words.more, { trials: MORE }));
    this.beside = press("beside", () => ({ command: "beside" }), words.beside);
    this.narrow = press("narrow", () => ({ command: "narrow", brushed: this.trials.brushedRanges() }), words.narrow);
    this.files = ["csv", "db", "py", "search"].map((form) => {
      const link = this.buttons.appendChild(element("a", "sw-button se-file", words[form]));
      link.dataset.file = form;
      return link;
    });
    this.files.at(-1).addEventListener("click", (event) => this.takeHome(event));
  }

  show(picture) {
    this.picture = picture;
    this.root.dataset.search = picture.search ? "there" : "none";
    this.root.toggleAttribute("data-ready", Boolean(picture.fields));
    if (picture.search && picture.search === this.search) return this.soon(); // another theme, or the like
    this.search = picture.search;
    this.stream?.close();
    this.stream = this.told = null;
    this.trials = new Trials(picture);
    for (const part of this.parts) part.begin(this.trials, picture);
    if (!picture.search) return this.preview(picture);
    document.cookie = `${COOKIE}=${picture.search}; path=/; SameSite=Strict; max-age=86400`;
    const url = `${base}searches/${encodeURIComponent(picture.search)}`;
    this.commands = new Commands(`${url}/commands`);
    for (const link of this.files) link.href = `${url}/files/${link.dataset.file}?lang=${document.documentElement.lang || "en"}`;
    const handlers = { news: (news) => this.hear(news), link: (state) => this.linked(state) };
    this.stream = new Stream(`${url}/events`, handlers, { position: () => NOTHING, outdated: () => false });
    this.draw();
  }

  // The axes are known, and of the trials the first one where it is the learner's guess; `told` is what a search would have told so far.
  preview(picture) {
    this.start.disabled = !picture.fields;
    this.ready.textContent = picture.ready ?? "";
    if (picture.fields) {
      const guess = { number: 0, state: "running", planned: true, values: picture.guessed, value: null, loss: null, held: null, step: 0, points: [] };
      this.told = { status: "none", over: picture.over, budget: picture.budget, importances: {}, saved: 0, beside: "", random: [], trials: picture.guessed ? [guess] : [] };
      this.trials.take(this.told);
    }
    this.draw();
  }

  linked(state) {
    this.fault.textContent = state === "open" ? this.faultOf(this.told?.error) : this.words[state];
  }

  hear(news) {
    this.told = news;
    this.trials.take(news);
    this.soon();
  }

  // What is changed while it runs stands in the address at once: the page's script does not run for it.
  address() {
    const url = new URL(location.href);
    const changed = WISHED.filter((name) => (url.searchParams.get(name) ?? "") !== this.told[name]);
    if (!this.picture.search || !this.picture.addressed || !changed.length) return;
    for (const name of changed) {
      if (this.told[name]) url.searchParams.set(name, this.told[name]);
      else url.searchParams.delete(name);
    }
    history.replaceState(history.state, "", url);
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (!this.trials) return;
    const { told, words } = this;
    this.trials.order();
    this.root.dataset.status = told?.status ?? "none";
    this.root.dataset.over = this.trials.over;
    this.line.textContent = told && this.picture.search ? this.sentence() : "";
    if (told) this.fault.textContent = this.faultOf(told.error) || this.said;
    this.pause.textContent = told?.status === "paused" ? words.go : words.pause;
    this.pause.disabled = !["running", "paused"].includes(told?.status);
    this.stop.disabled = this.pause.disabled;
    this.more.disabled = this.picture.grid || !["running", "paused", "finished"].includes(told?.status); // a grid is laid once
    this.beside.toggleAttribute("hidden", !this.picture.clever); // random search has nothing to be compared with
    this.beside.disabled = Boolean(told?.beside) || !["running", "paused", "finished"].includes(told?.status);
    this.narrow.disabled = this.more.disabled || !this.trials.isBrushed;
    for (const link of this.files) link.toggleAttribute("hidden", !this.trials.ranked.length);
    if (!told) return;
    this.address();
    for (const part of this.parts) part.draw(this.theme, told);
  }

  sentence() {
    const { told, words, trials, picture } = this;
    const parts = [words[told.status], fill(words.progress, { over: trials.over, budget: told.budget })];
    const [best] = trials.standing;
    if (best) parts.push(fill(words.best, { goal: picture.goal, value: short(best.value) }));
    if (trials.ranked.length && picture.held_out) parts.push(fill(words.held, { held: short(best.held) }));
    if (picture.guess && trials.rankOf(0)) parts.push(fill(words.guess, { rank: trials.rankOf(0), of: trials.over }));
    else if (picture.guess) parts.push(words.guess_waits);
    if (trials.over && told.status === "finished" && !best) parts.push(words.none_left);
    return parts.join(" · ");
  }

  faultOf(error) {
    return error ? fill(this.words[error.code] ?? error.code, error) : "";
  }

  choose(number) {
    if (!this.picture.search) return;
    this.trials.chosen = number;
    this.root.dataset.chosen = number ?? "";
    this.soon();
  }

  brushed() {
    this.soon();
  }

  // A search that cannot be written as a script says so here; a plain link would lead away to an answer for programs.
  async takeHome(event) {
    event.preventDefault();
    const answer = await fetch(event.currentTarget.href).catch(() => null);
    if (!answer?.ok) return this.say(answer?.status === 409 ? fill(this.words.no_script, await answer.json()) : this.words.lost);
    const link = element("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = `${this.picture.of}_search.py`;
    link.click();
    URL.revokeObjectURL(link.href);
    this.say("");
  }

  say(text) {
    this.said = text;
    this.soon();
  }

  async send(command) {
    const { error } = await this.commands.send(command);
    this.say(error ? (error === "refused" ? this.words.range_empty : this.words.lost) : "");
  }

  close() {
    this.stream?.close();
    this.resized?.disconnect();
    cancelAnimationFrame(this.frame);
    this.frame = this.stream = null;
  }
}

const mounted = mounting(Search);

export function mount(given, home) {
  base = home;
  mounted.mount(given);
}

export const { unmount } = mounted;
