// The leaderboard: the best trials, each a link that opens it as a run of its own, with the same settings and the same seed.

import { element, fill, short } from "./format.js";

const ROWS = 40; // the best ones; the file has all
const STILL = 1000; // ms that the rows of those that run stay where they are: one that moves away is not pressed

export class Board {
  constructor(frame, words, { choose }) {
    Object.assign(this, { words, choose });
    const scroll = frame.appendChild(element("div", "se-scroll"));
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", words.board);
    this.table = scroll.appendChild(element("table", "se-board"));
    this.stacked = frame.appendChild(element("p", "se-told"));
  }

  begin(trials, picture) {
    Object.assign(this, { trials, picture, shown: "", shownAt: -Infinity });
    const { words } = this;
    const head = this.table.createTHead();
    head.replaceChildren();
    const row = head.insertRow();
    for (const title of [words.rank, words.run, picture.goal ?? "", ...(picture.held_out ? [words.held_title] : []), ...(picture.fields ?? []).map(({ label }) => label), words.trial, words.state]) {
      row.appendChild(element("th", "", title)).scope = "col";
    }
    this.body = this.table.tBodies[0] ?? this.table.createTBody();
    this.body.replaceChildren();
  }

  draw() {
    const { trials, words } = this;
    if (!trials.ranked.length && trials.chosen === this.chosen && performance.now() < this.shownAt + STILL) return;
    const top = trials.standing.filter((trial) => trials.within(trial)).slice(0, ROWS);
    const chosen = trials.all.get(trials.chosen);
    const guess = this.picture.guess ? trials.all.get(0) : null;
    const listed = [...new Set([...top, guess, chosen])].filter((trial) => trial && (trial.rank || trial === chosen));
    const shown = JSON.stringify([trials.chosen, listed.map(({ number, value, rank, state }) => [number, value, rank, state])]);
    if (shown === this.shown) return;
    this.shown = shown;
    [this.chosen, this.shownAt] = [trials.chosen, performance.now()];
    const focused = document.activeElement?.closest?.("tr")?.dataset.trial;
    this.body.replaceChildren(...listed.map((trial) => this.row(trial)));
    if (focused) this.body.querySelector(`tr[data-trial="${focused}"] a`)?.focus();
    const begun = [...trials.all.values()].filter((trial) => !trial.planned);
    const stacked = begun.filter((trial) => trial.stacked).length;
    const texts = [[stacked, words.stacked], [begun.length - stacked, words.alone]].filter(([count]) => count);
    this.stacked.textContent = [...this.held(), ...texts.map(([count, text]) => fill(text, { count }))].join(" ");
  }

  // What choosing does: the same two numbers of all who came to the end, whom nobody chose.
  held() {
    const complete = this.picture.held_out ? [...this.trials.all.values()].filter(({ state }) => state === "complete") : [];
    if (!complete.length) return [];
    const [value, held] = ["value", "held"].map((name) => short(complete.reduce((sum, trial) => sum + trial[name], 0) / complete.length));
    return [fill(this.words.held_average, { count: complete.length, value, held }), this.words.held_run];
  }

  row(trial) {
    const { trials, words, picture } = this;
    const row = element("tr");
    row.dataset.trial = trial.number;
    if (trial.number === trials.chosen) row.className = "se-chosen";
    const number = trial.number === 0 && picture.guess ? `${trial.number} ★` : String(trial.number);
    row.appendChild(element("td", "", String(trial.rank ?? "–")));
    const link = row.appendChild(element("td")).appendChild(element("a", "se-open", words.open));
    Object.assign(link, { href: this.address(trial), target: "_blank", rel: "noopener" });
    link.setAttribute("aria-label", fill(words.open_trial, { number: trial.number }));
    const values = picture.fields.map(({ name }) => written(trial.values[name]));
    const held = picture.held_out ? [short(trial.held)] : [];
    for (const text of [short(trial.value), ...held, ...values, number, this.state(trial)]) row.appendChild(element("td", "", String(text)));
    row.addEventListener("click", (event) => event.target === link || this.choose(trial.number === trials.chosen ? null : trial.number));
    return row;
  }

  state(trial) {
    if (trial.state === "pruned") return fill(this.words.pruned, { step: trial.step });
    return this.words[trial.state === "complete" ? "complete" : `${trial.state}_trial`];
  }

  // The page of the experiment with the settings of a trial: it trains to the trial's last row, and says whether its loss is the same.
  address(trial) {
    const query = new URLSearchParams({ ...trial.link, ...this.picture.opened });
    if (this.picture.replayed && Number.isFinite(trial.loss)) query.set("replay", `${trial.step}:loss=${trial.loss}`);
    return `${location.pathname.replace(/search\/?$/, "")}${this.picture.of}?${query}`;
  }
}

function written(value) {
  return typeof value === "number" ? short(value) : value === "" ? "–" : value;
}
