// Stage: mounted once for a run; keeps its stream, store and charts through every rerun of the page's script.

import { Bar } from "./bar.js";
import { element, fill, toNumber } from "./format.js";
import { Frames } from "./frames.js";
import { Grid, PLACED } from "./grid.js";
import { hold } from "./holding.js";
import { Keys } from "./keys.js";
import { pageSettled, scriptRuns, underWay } from "./page_script.js";
import { RunButtons } from "./run_buttons.js";
import { steering } from "./steering.js";
import { Store } from "./store.js";
import { Stream } from "./stream.js";
import { styles } from "./styles.js";
import { readTheme } from "./theme.js";

const ONCE = ["facts", "past"]; // views that change with the run's generation; of `past` the status says when it is another
const HELD = ["queued", "paused"];
const OVERHEAD = 140; // px at the upper edge of the window that the page's header and the bar take
const SETTLE = 400; // ms in which the page may still hear of a status by its own way
const GLANCE = 150; // ms in which a view that is asked for at once should be here
const GROWN = 10_000; // ms in which a page has all its parts
const REST = 1200; // ms after a step or a change, of which more may follow: the page's script would be in the way of the next one
const HEARD = 5000; // ms in which the page's script should have made what it was told
const BUTTONS = { " ": "main", s: "step", 0: "reset" }; // by the keys that their labels show

const stages = new WeakMap(); // Streamlit's element → Stage
const memory = new Map(); // run/panel → zoom, scale and hidden curves, also while another page is open
let plotly, announce;
const painted = new Promise((resolve) => (announce = resolve)); // a stage is on screen; Plotly, half a second of work, begins after that

// Called at each rerun with Streamlit's component; `base` is the app's address, with a slash at its end.
export async function mount(component, base, assets) {
  const { parentElement, data } = component;
  await styles("stage.css");
  let stage = stages.get(parentElement);
  if (stage && stage.data.run !== data.run) {
    unmount(parentElement);
    stage = undefined;
  }
  if (!stage) stages.set(parentElement, (stage = new Stage(component, base, assets)));
  await stage.update(component);
}

export function unmount(parentElement) {
  stages.get(parentElement)?.close();
  stages.delete(parentElement);
}

class Stage {
  // The stream may be here before the panels' modules are, so whatever a message needs is set at once.
  constructor({ parentElement, data, setTriggerValue }, base, assets) {
    Object.assign(this, { setTriggerValue, asked: -Infinity, base, assets, data, panels: new Map(), views: {}, kept: new Map(), store: new Store(), frames: new Frames() });
    this.unseen = new Map(); // panel → the drawing it asked for while it was not on screen
    this.generation = null;
    this.run = {};
    this.told = "";
    this.patience = HEARD;
    plotly ??= script(`${assets}plotly-cartesian.min.js`, painted);
    this.root = element("section", "stepwise-stage");
    this.top = this.root.appendChild(element("div", "sw-top"));
    this.bar = new Bar(this.top);
    this.strip = this.top.appendChild(element("div", "sw-strip"));
    this.steering = steering(data.run);
    this.steering.moved = () => this.kinds && this.arrange(false);
    this.buttons = new RunButtons(this.bar.actions, this.steering, () => this.showStatus());
    this.fill(data); // before it is seen: what comes later would push aside what is there
    this.grid = new Grid(this.root, this.bar.root, data, () => this.rearranged());
    this.above = new ResizeObserver(() => this.root.style.setProperty("--sw-above", `${this.top.offsetHeight}px`));
    this.above.observe(this.top);
    parentElement.querySelector(".stepwise-mount").replaceChildren(this.root);
    this.screen = new IntersectionObserver((entries) => this.seen(entries));
    this.screen.observe(this.root);
    this.reading = new IntersectionObserver(([entry]) => this.hang(entry), { rootMargin: `-${OVERHEAD}px 0px 0px 0px` });
    this.reading.observe(this.root);
    this.keys = new Keys();
    for (const [key, button] of Object.entries(BUTTONS)) this.keys.bind(key, () => this.buttons.press(button));
    this.keys.bind("f", () => this.grid.enlarge(this.grid.looked()));
    this.keys.bind("escape", () => this.grid.enlarge(this.grid.large));
    this.alts = setInterval(() => this.panels.forEach((panel) => panel.alt?.()), 1000);
    this.follow = (event) => this.followed(event);
    window.navigation?.addEventListener("currententrychange", this.follow); // a browser without it takes one step more
  }

  async update({ data, setTriggerValue }) {
    const kinds = [...new Set(data.panels.map((spec) => spec.kind))];
    const modules = await Promise.all(kinds.map((kind) => import(`${this.assets}panel_${kind}.js`)));
    if (this.closed) return;
    Object.assign(this, { data, setTriggerValue, drawnAt: location.pathname });
    this.kinds = Object.fromEntries(kinds.map((kind, index) => [kind, modules[index]]));
    this.root.setAttribute("aria-label", data.labels.stage);
    if (data.held) hold(data.held, this.base);
    this.fill(data);
    this.readdress(data);
    this.root.classList.toggle("sw-projector", data.projector);
    this.arrange(this.themed());
    this.openFirst(data.open);
    this.stream?.retarget();
    this.settle();
    requestAnimationFrame(() => setTimeout(() => this.painted()));
  }

  // On screen; what is half a second of work waits until the page's script has ended, as a press does, but not for ever.
  painted(turns = 40) {
    if (turns && scriptRuns()) setTimeout(() => this.painted(turns - 1), 50);
    else announce();
  }

  // The words of the bar, and what its buttons steer.
  fill(data) {
    this.steering.hold(data.held, this.base);
    this.bar.name(data);
    this.buttons.update(data);
    this.showStatus();
  }

  // The link that comes back here, put in place of the present one: a step back in the browser leaves the page.
  readdress({ address, page_path }) {
    if (!address || !location.pathname.endsWith(`/${page_path}`) || location.search === `?${address}`) return;
    history.replaceState(history.state, "", `${location.pathname}?${address}`);
  }

  // A page makes one entry in the browser's history. Streamlit makes a further one of the same page now and then, when its own address
  // was not the newest: a step back goes on to the page before it, unless it only left a place within this one.
  followed({ from, navigationType }) {
    const back = navigationType === "traverse" && navigation.currentEntry.index < from.index;
    const [was, { hash, pathname }] = [new URL(from.url), location];
    if (back && was.pathname === this.drawnAt && pathname === this.drawnAt && was.hash === hash) setTimeout(() => history.back()); // not within a step
  }

  // True if colours, language or type size have changed, and every panel must be made anew.
  themed() {
    this.theme = readTheme(this.root, this.data.palette);
    const look = JSON.stringify([this.theme, this.data.labels, this.data.projector]);
    const changed = look !== this.look;
    this.look = look;
    this.root.dataset.theme = this.theme.mode;
    for (const [role, value] of Object.entries(this.theme.colors)) this.root.style.setProperty(`--sw-${role}`, value);
    return changed;
  }

  arrange(all) {
    const { places } = this.steering;
    const shown = this.grid.shown(this.data.panels).filter(({ id, aside }) => !aside || places.has(id));
    const wanted = new Map(shown.map((spec) => [spec.id, spec]));
    for (const [id, panel] of this.panels) {
      const lost = wanted.get(id)?.aside && panel.frame.parentNode !== places.get(id);
      if (all || lost || JSON.stringify(wanted.get(id)) !== panel.written) this.remove(id, panel);
    }
    for (const [id, spec] of wanted) if (!this.panels.has(id)) this.add(id, spec);
    this.grid.place(shown, this.panels, this.data);
  }

  // The visitor has arranged the panels: the page is told, for its link.
  rearranged() {
    this.arrange(false);
    this.trigger("arranged", this.grid.text(this.data.panels));
    this.stream?.retarget();
  }

  add(id, spec) {
    const placed = PLACED.includes(spec.kind);
    const place = spec.aside ? this.steering.places.get(id) : placed ? this.strip : this.grid.root;
    const frame = element("section", placed ? `sw-${spec.kind}` : `sw-panel sw-${spec.kind}`);
    frame.dataset.panel = id;
    if (spec.span === 2) frame.classList.add("sw-wide");
    const head = frame.appendChild(element("div", "sw-head"));
    const title = head.appendChild(element("h3", "", spec.title));
    title.id = `sw-title-${id}`;
    frame.setAttribute("aria-labelledby", title.id);
    place.append(frame);
    const panel = this.kinds[spec.kind].create(frame, spec, this.context(id));
    if (place === this.grid.root) this.grid.handles(frame, head, this.data.labels);
    const broken = frame.appendChild(element("p", "sw-broken"));
    Object.assign(panel, { frame, broken, written: JSON.stringify(spec), onScreen: false });
    this.panels.set(id, panel);
    this.screen.observe(frame);
    panel.status?.(this.run);
    panel.views?.(this.views);
    panel.metrics?.(null);
  }

  remove(id, panel) {
    this.screen.unobserve(panel.frame);
    this.frames.forget(id);
    this.unseen.delete(id);
    panel.destroy?.();
    panel.frame.remove();
    this.panels.delete(id);
  }

  // The panel that a link has asked for, opened and brought into view, once.
  openFirst(id) {
    const panel = this.panels.get(id);
    if (!panel || this.opened) return;
    this.opened = true;
    panel.open?.(true);
    const growing = new ResizeObserver(() => panel.frame.scrollIntoView({ block: "start" })); // what comes below it may be on its way yet
    for (const part of [panel.frame, this.root.closest("[data-testid=stMainBlockContainer]") ?? document.body]) growing.observe(part);
    setTimeout(() => growing.disconnect(), GROWN);
    for (const hand of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      addEventListener(hand, () => growing.disconnect(), { capture: true, once: true, signal: this.keys.left.signal });
    }
  }

  // What a panel may know and do.
  context(id) {
    const stage = this;
    return {
      memory: this.remembered(`panels/${id}`, () => ({})),
      bar: stage.bar.actions,
      plotly,
      keys: stage.keys,
      get store() { return stage.store; },
      get kept() { return stage.kept; },
      get run() { return stage.run; },
      get allViews() { return stage.views; },
      get labels() { return stage.data.labels; },
      get theme() { return stage.theme; },
      get projector() { return stage.data.projector; },
      get steered() { return stage.data.steered; },
      get steering() { return stage.steering; },
      get chosen() { return stage.chosen; },
      choose: (values) => stage.choose(values),
      glance: (name) => stage.glance(name),
      get steps() { return stage.steps; },
      zoomSteps: (range) => stage.zoomSteps(range),
      get hiddenPast() { return stage.remembered("past", () => new Set()); },
      pastChanged: () => stage.panels.forEach((panel) => panel.pastChanged?.()),
      get log() { return stage.log; },
      trigger: (name, value) => stage.trigger(name, value),
      retarget: (wait) => stage.stream?.retarget(wait), // a panel's `wanted` has changed
      draw: (draw) => stage.draw(id, draw),
    };
  }

  // Places chosen in one panel (a position, a unit), which other panels show too; views of places left are forgotten.
  get chosen() {
    return this.remembered("chosen", () => ({}));
  }

  // What is remembered of this run under a name, also while another page is open.
  remembered(name, first) {
    const key = `${this.data.run}/${name}`;
    if (!memory.has(key)) memory.set(key, first());
    return memory.get(key);
  }

  // The stretch of steps that the charts over the steps are zoomed to, all of them together.
  get steps() {
    return this.remembered("steps", () => ({ range: null }));
  }

  zoomSteps(range) {
    if (JSON.stringify(range) === JSON.stringify(this.steps.range)) return;
    this.steps.range = range;
    this.panels.forEach((panel) => panel.stepsZoomed?.());
  }

  choose(values) {
    Object.assign(this.chosen, values);
    const wanted = [...this.panels.values()].flatMap((panel) => panel.wanted ?? []);
    for (const name of Object.keys(this.views)) if (name.includes(":") && !wanted.includes(name)) delete this.views[name];
    this.panels.forEach((panel) => panel.chosen?.());
    this.stream?.retarget();
  }

  // One view at once, for what follows a hand; the stream brings it when it is due. Other drawings would be in its way.
  async glance(name) {
    this.frames.yield(GLANCE);
    const answer = await fetch(`${this.base}runs/${encodeURIComponent(this.data.run)}/views?${new URLSearchParams({ name })}`).catch(() => null);
    if (answer?.status === 200) this.onViews({ [name]: await answer.json() });
    this.frames.yield(0);
  }

  draw(id, draw) {
    const panel = this.panels.get(id);
    if (panel?.light) draw();
    else if (panel && !panel.onScreen) this.unseen.set(id, draw);
    else this.frames.request(id, draw);
  }

  // The bar stays in sight also while one reads what stands below the stage: then it hangs over it.
  hang({ isIntersecting, boundingClientRect: { left, width, bottom } }) {
    const hangs = !isIntersecting && bottom < OVERHEAD;
    Object.assign(this.root.style, { paddingTop: hangs ? `${this.top.offsetHeight}px` : "" });
    Object.assign(this.top.style, hangs ? { left: `${left}px`, width: `${width}px` } : { left: "", width: "" });
    this.top.classList.toggle("sw-hangs", hangs);
  }

  seen(entries) {
    for (const entry of entries) {
      const [id, panel] = [...this.panels].find(([, one]) => one.frame === entry.target) ?? [];
      if (!panel) continue;
      panel.onScreen = entry.isIntersecting;
      if (!panel.onScreen || !this.unseen.has(id)) continue;
      this.frames.request(id, this.unseen.get(id));
      this.unseen.delete(id);
    }
    if (this.stream) this.stream.retarget();
    else this.stream = new Stream(`${this.base}runs/${encodeURIComponent(this.data.run)}/events`, this.handlers(), this);
  }

  // What the stream is asked for; facts and past are needed once, whether or not their panels are on screen.
  position() {
    const panels = [...this.panels.values()];
    const needed = (panel) => (panel.onScreen ? panel.wanted ?? [] : (panel.wanted ?? []).filter((name) => ONCE.includes(name)));
    const views = [...new Set(panels.flatMap(needed))].filter((name) => !(ONCE.includes(name) && name in this.views));
    return { generation: this.generation ?? this.data.generation ?? null, since: this.store.lastStep, rows: this.store.length, views: views.sort(), keep: this.every() };
  }

  // Whether a stream that was asked for these views must be asked anew.
  outdated(asked) {
    const { views } = this.position();
    return views.some((name) => !asked.includes(name)) || asked.some((name) => !ONCE.includes(name) && !views.includes(name));
  }

  // The steps of a log are asked for at least so often; how far they lie apart in a long run, the server says.
  every() {
    const wanted = this.data.panels.filter((spec) => spec.kind === "log").map((spec) => spec.every);
    return wanted.length ? Math.min(...wanted) : 0;
  }

  handlers() {
    return { news: (message) => this.onNews(message), link: (state) => this.onLink(state) };
  }

  // A message of another generation: the run has begun anew, and so do we. The server sends all of it from the start.
  onNews({ generation, status, views, rows }) {
    const anew = this.generation !== null && generation !== this.generation;
    this.generation = generation;
    this.root.dataset.runGeneration = generation;
    if (anew) this.clear();
    const held = this.run.status === "paused" && status?.status === "paused";
    const stepped = rows && (held || this.store.length <= 1);
    this.run = status ?? this.run;
    if (rows) this.onRows(rows);
    if (views) this.onViews(views);
    if (stepped) this.hurry("draw");
    if (status) this.onStatus(status); // last: whoever reads "finished" has every step
    if (anew && this.outdated(this.stream.views)) this.stream.open();
  }

  clear() {
    this.store.clear();
    this.kept.clear();
    this.views = {};
    this.panels.forEach((panel) => panel.metrics?.(null));
  }

  onStatus(status) {
    if (this.views.past && this.views.past.length !== status.past) this.refetchPast();
    this.showStatus();
    this.panels.forEach((panel) => panel.status?.(status));
    const changes = (status.changes ?? []).length;
    if (changes > (this.changes ?? 0)) this.hurry("hurry");
    this.changes = changes;
    this.steering.hear(status);
    this.settle();
  }

  // What a hand has done is seen before what else has come, on the first chart in sight that marks changes: a single step, or the first
  // rows of a run, at once; a change, whose mark lies over the drawing already, with the next frame.
  hurry(way) {
    const chart = this.data.panels.find(({ id, marks }) => marks && this.panels.get(id)?.onScreen);
    if (chart) this.frames[way](chart.id);
  }

  // An earlier run was taken away, here or in another tab; a stream that was not asked for them does not say so.
  refetchPast() {
    delete this.views.past;
    this.stream?.retarget();
  }

  onViews(views) {
    const drawn = Object.fromEntries(Object.entries(views).filter(([, view]) => !view?.broken));
    Object.assign(this.views, drawn);
    this.panels.forEach((panel) => {
      this.excuse(panel, views);
      panel.views?.(drawn);
    });
  }

  // A picture that could not be drawn: its panel says why, below the last one that could.
  excuse(panel, views) {
    const news = (panel.wanted ?? []).filter((name) => name in views);
    const error = news.map((name) => views[name]?.broken).find(Boolean);
    if (!news.length) return;
    panel.broken.role = error ? "alert" : null;
    panel.broken.textContent = error ? fill(this.data.labels.broken, { error }) : "";
  }

  // Rows after the step `after`; after -1 they are all there are. Those of the log lie `log` steps apart.
  onRows({ after, log, columns }) {
    this.log = log;
    columns.step.forEach((step, row) => {
      if (log && step % log === 0 && !this.kept.has(step)) {
        this.kept.set(step, Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, toNumber(values[row])])));
      }
    });
    if (after < 0) this.store.clear();
    const from = this.store.append(columns);
    this.panels.forEach((panel) => panel.metrics?.(from));
    this.showStatus();
  }

  onLink(state) {
    this.bar.link(state, this.data.labels);
    if (state === "gone") this.tellGone();
  }

  tellGone() {
    pageSettled().then(() => this.tell("gone", this.data.run));
  }

  // The page was drawn for this state of the run; if the run has moved on, the page is told once. Numbers that only run along
  // put nothing off.
  settle() {
    const { data, run } = this;
    const wait = !run.status || !data.status ? 0 : this.another() ? SETTLE : this.further() ? REST : 0;
    const held = HELD.includes(run.status) && [data.step, run.step];
    if (!wait) this.patience = HEARD;
    const due = wait && JSON.stringify([data.status, data.generation, data.changes, data.speed, this.generation, run.status, run.changes, run.speed, held]);
    if (due && due === this.due) return;
    clearTimeout(this.settling);
    this.due = due;
    if (due) this.settling = setTimeout(() => this.settled(), wait);
  }

  settled() {
    this.due = 0;
    if (scriptRuns() || underWay() || performance.now() < this.asked + REST) this.settle();
    else this.tell("ended", this.run.status);
  }

  // Asks something of the page's script. Of two things asked before it begins Streamlit drops the first: ours must not follow a hand's.
  trigger(name, value) {
    this.asked = performance.now();
    this.setTriggerValue(name, value);
  }

  // Whether the page was drawn for another run, speed or phase.
  another() {
    const { data, run } = this;
    return this.differs("generation", this.generation) || this.differs("speed", run.speed) || phase(data.status) !== phase(run.status);
  }

  // Whether it has been bent since, or has gone on from where it was held.
  further() {
    const { data, run } = this;
    return (data.changes ?? 0) !== (run.changes ?? []).length || (HELD.includes(run.status) && this.differs("step", run.step));
  }

  differs(name, now) {
    return this.data[name] !== undefined && this.data[name] !== now;
  }

  // Not while the visitor is leaving: a script of this page would take the place of the one of the page that was asked for.
  // The same is told once, and again where nothing came of it: it may have been dropped, or have come into a run of the script that
  // had read the run before.
  tell(name, value) {
    if (this.closed || location.pathname !== this.drawnAt) return;
    const changes = (this.run.changes ?? []).length;
    const news = JSON.stringify([name, value, this.generation, this.data.status, changes, this.data.status === "running" || this.store.lastStep]);
    if (news === this.told) return;
    this.told = news;
    this.trigger(name, value);
    const { data } = this;
    clearTimeout(this.unheard);
    this.unheard = setTimeout(() => {
      this.told = "";
      if (name === "ended") this.settle();
      else if (this.data === data) this.tellGone();
    }, this.patience);
    this.patience *= 2; // a page that stays as it is would run for nothing
  }

  // A status is shown once the worker has taken it, with the last row from before: a number beside "paused" stands still.
  showStatus() {
    const step = this.store.length ? this.store.lastStep : this.run.step ?? 0;
    if (this.run.answered || !this.shown) this.shown = this.run.status;
    this.root.dataset.step = step;
    this.root.dataset.runStatus = this.shown ?? "";
    this.buttons.show(this.run);
    this.bar.show({ ...this.run, status: this.buttons.expected?.status ?? this.shown }, step, this.data.labels);
  }

  close() {
    this.closed = true;
    this.steering.moved = () => {};
    clearTimeout(this.settling);
    clearTimeout(this.unheard);
    clearInterval(this.alts);
    window.navigation?.removeEventListener("currententrychange", this.follow);
    this.keys.close();
    this.grid.close();
    this.above.disconnect();
    this.stream?.close();
    this.screen.disconnect();
    this.reading.disconnect();
    for (const [id, panel] of this.panels) this.remove(id, panel);
  }
}

// Running, held or ended: what decides which buttons a page shows.
function phase(status) {
  return status === "running" ? "running" : HELD.includes(status) ? "held" : "ended";
}

// Fetched at once, and run when it may be.
async function script(src, when) {
  document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: src }));
  await when;
  return new Promise((resolve, reject) => {
    const tag = Object.assign(document.createElement("script"), { src, onerror: reject, onload: () => resolve(window.Plotly) });
    document.head.append(tag);
  });
}
