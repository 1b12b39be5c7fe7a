// Chart: a plotly chart whose traces are bound to metrics (appended), views or facts (replaced).

import { layoutOf, lettersOf, overSteps } from "./chart_layout.js";
import { PastRuns, pastTraces } from "./chart_past.js";
import { element, fill, reach, setting } from "./format.js";
import { onSize } from "./picture.js";
import { color, resolved } from "./theme.js";

const CONFIG = { displaylogo: false, doubleClick: "autosize", scrollZoom: false };

const MARKERS = 60; // shown of a trace that grows: each is a node of its own in the drawing
const COLORBAR = { title: { side: "top" }, thickness: 10, outlinewidth: 0, xpad: 6, ticklen: 3 };
const SURFACE = { colorscale: "surface", colorbar: COLORBAR };
const SURFACES = { contour: { ...SURFACE, line: { color: "reference", width: 0.6 } }, heatmap: SURFACE };

export function create(frame, spec, context) {
  return new Chart(frame, spec, context);
}

class Chart {
  constructor(frame, spec, context) {
    Object.assign(this, { spec, context, rows: 0, clearings: -1, letters: 0, stale: true });
    this.wanted = [...new Set(spec.traces.flatMap((trace) => [trace.view, trace.fact && "facts"]).filter(Boolean))];
    for (const { view } of spec.references) this.wanted = [...new Set([...this.wanted, view || "facts"])];
    if (spec.log_toggle) frame.querySelector(".sw-head").append(this.logButton());
    this.plot = frame.appendChild(element("div", "sw-plot sw-fill"));
    this.follow();
    this.describe(frame);
    if (spec.past) {
      this.wanted.push("past");
      this.past = new PastRuns(frame, context, spec.lists_past);
    }
    context.plotly.then((plotly) => {
      this.plotly = plotly;
      if (this.destroyed) return;
      this.redraw();
      this.sizes = onSize(this.plot, () => this.redraw());
    });
  }

  metrics(from) {
    if (from === null) this.redraw();
    else if (this.spec.traces.some((trace) => trace.metrics)) this.context.draw(() => this.draw());
  }

  views(views) {
    if (!this.wanted.some((name) => name in views) || !this.isNews(views)) return;
    if ("past" in views) this.past?.show(views.past);
    this.redraw();
  }

  // A view that is only a reference line's may come again and again with the same number.
  isNews(views) {
    const lines = JSON.stringify(this.spec.references.map(({ view, fact }) => view && reach(this.context.allViews[view], fact)));
    const others = this.wanted.some((name) => name in views && !this.spec.references.some(({ view }) => view === name));
    const news = others || lines !== this.lines;
    this.lines = lines;
    return news;
  }

  status({ changes = [], findings = [] }) {
    const moments = JSON.stringify(findings.filter(({ code }) => code in this.spec.moments));
    if (this.spec.marks && changes.length > (this.changes ?? 0)) this.announce(changes.at(-1));
    if ((this.spec.marks && changes.length !== this.changes) || moments !== (this.moments ?? "[]")) this.redraw();
    Object.assign(this, { changes: changes.length, moments });
  }

  // The mark of a change, before the chart is drawn anew with it: a line in the chart as it is, at its edge where it has not come so far.
  announce({ step, field, old, new: now }) {
    const { xaxis, yaxis } = this.plot._fullLayout ?? {};
    if (!this.drawn || !xaxis?.d2p) return;
    this.announced ??= element("div", "sw-mark");
    this.announced.textContent = setting(field, [old, now], this.context.labels);
    this.announced.dataset.step = step;
    const left = xaxis._offset + Math.min(xaxis._length, Math.max(0, xaxis.d2p(step)));
    Object.assign(this.announced.style, { right: `${this.width - left}px`, top: `${yaxis._offset}px`, height: `${yaxis._length}px` });
    this.plot.append(this.announced);
  }

  redraw() {
    this.stale = true;
    this.context.draw(() => this.draw());
  }

  draw() {
    if (!this.plotly || this.destroyed) return;
    const { store } = this.context;
    const anew = this.stale || this.rows <= 1 || store.clearings !== this.clearings;
    if (anew && this.pressed) return;
    if (anew) this.replace();
    else if (store.length > this.rows) this.extend();
    Object.assign(this, { rows: store.length, clearings: store.clearings, stale: false });
  }

  // Everything anew, at the first time and whenever something other than new rows has come.
  replace() {
    this.announced?.remove();
    const past = this.spec.past ? pastTraces(this.spec.past, this.context, this.past) : [];
    const data = [...past, ...this.spec.traces.map((trace) => this.trace(trace))];
    this.offset = past.length;
    [this.width, this.height] = [this.plot.clientWidth, this.plot.clientHeight];
    const layout = layoutOf(this.spec, this.context, this.width, this.height, this.letters);
    if (this.drawn) return this.plotly.react(this.plot, data, layout, this.config()).then(() => this.point()).then(() => this.fit());
    this.drawn = true;
    this.plotly.newPlot(this.plot, data, layout, this.config()).then(() => this.fit());
    this.plot.on("plotly_relayout", (event) => this.zoomed(event));
  }

  // Where the pointer is. While it is pressed it may be drawing a frame to zoom in on, which everything anew would take away.
  follow() {
    this.plot.addEventListener("mousemove", (event) => (this.pointer = event), true);
    this.plot.addEventListener("mouseleave", () => (this.pointer = null));
    this.plot.addEventListener("pointerdown", ({ button }) => {
      if (button !== 0) return;
      this.pressed = true;
      const released = new AbortController();
      for (const end of ["pointerup", "pointercancel"]) {
        addEventListener(end, () => {
          released.abort();
          this.pressed = false;
          if (!this.destroyed) this.context.draw(() => this.draw());
        }, { capture: true, signal: released.signal });
      }
    }, true);
  }

  // Everything anew has taken away the numbers at a pointer at rest: to plotly it comes over the chart once more.
  point() {
    const under = this.pointer && document.elementFromPoint(this.pointer.clientX, this.pointer.clientY);
    if (this.plot.contains(under)) under.dispatchEvent(new MouseEvent("mousemove", this.pointer));
  }

  // The chart's own menu, in the page's language.
  config() {
    const { picture, drawing, autoscale } = this.context.labels;
    const saved = (format, title, icon) => ({ name: format, title, icon: this.plotly.Icons[icon], click: () => this.save(format) });
    const buttons = [saved("png", picture, "camera"), saved("svg", drawing, "disk"), "autoScale2d"];
    return { ...CONFIG, modeBarButtons: [buttons], locale: "page", locales: { page: { dictionary: { Autoscale: autoscale } } } };
  }

  save(format) {
    this.plotly.downloadImage(this.plot, { format, filename: this.spec.id, width: this.width, height: this.height, scale: format === "png" ? 2 : 1 });
  }

  // New rows only.
  extend() {
    const bound = this.spec.traces.map((trace, index) => [trace, index + this.offset]).filter(([trace]) => trace.metrics);
    const { columns } = this.context.store;
    const news = (axis) => bound.map(([trace]) => (columns[trace.metrics[axis]] ?? []).slice(this.rows));
    if (this.spec.marks && this.changes) {
      const { shapes, annotations } = layoutOf(this.spec, this.context, this.width, this.height, this.letters);
      Object.assign(this.plot.layout, { shapes, annotations });
    }
    this.plotly.extendTraces(this.plot, { x: news(0), y: news(1) }, bound.map(([, index]) => index)).then(() => this.fit());
  }

  // Room beside the axis for labels such as 1.5×10²⁰; it is never taken back while the run goes on, for the curve would jump.
  fit() {
    if (this.destroyed) return;
    const letters = Math.max(this.context.store.length > 1 ? this.letters : 0, lettersOf(this.plot));
    if (letters === this.letters) return;
    this.letters = letters;
    const { margin } = layoutOf(this.spec, this.context, this.width, this.height, letters);
    if (margin.l !== this.plot.layout.margin.l) this.redraw();
  }

  trace({ trace, color: role, metrics, view, fact }) {
    const { store, allViews, theme, projector } = this.context;
    const surface = SURFACES[trace.type];
    const own = resolved({ ...surface, ...trace, ...(surface && { colorbar: { ...COLORBAR, ...trace.colorbar } }) }, theme);
    const main = role ? color(theme, role) : undefined;
    const width = (own.line?.width ?? 2) * (projector ? 1.6 : 1);
    const size = (own.marker?.size ?? 7) * (projector ? 1.5 : 1);
    const made = own.type === "scatter"
      ? { ...own, line: { color: main, ...own.line, width }, marker: { color: main, maxdisplayed: metrics ? MARKERS : 0, ...own.marker, size } }
      : own;
    if (metrics && store.length === 1 && made.mode === "lines") made.mode = "markers"; // a single point has no line
    if (metrics) return { ...made, x: (store.columns[metrics[0]] ?? []).slice(), y: (store.columns[metrics[1]] ?? []).slice() };
    return { ...made, ...(fact ? reach(allViews.facts, fact) : allViews[view]) };
  }

  zoomed(event) {
    const { memory } = this.context;
    for (const axis of ["xaxis", "yaxis"]) {
      const range = event[`${axis}.range`] ?? (`${axis}.range[0]` in event ? [event[`${axis}.range[0]`], event[`${axis}.range[1]`]] : null);
      const shared = axis === "xaxis" && overSteps(this.spec);
      if (range && !shared) memory[axis] = range;
      if (event[`${axis}.autorange`] && !shared) delete memory[axis];
      if (shared && (range || event["xaxis.autorange"])) this.context.zoomSteps(range);
    }
  }

  // The curve of an earlier run has been hidden or shown.
  pastChanged() {
    if (this.past) this.redraw();
  }

  // Another chart over the steps has been zoomed.
  stepsZoomed() {
    if (overSteps(this.spec)) this.redraw();
  }

  logButton() {
    const { memory, labels } = this.context;
    const axis = `${this.spec.log_toggle}axis`;
    const button = element("button", "sw-button sw-log-scale", labels.log_scale);
    button.type = "button";
    const show = () => button.setAttribute("aria-pressed", String(Boolean(memory.log)));
    button.onclick = () => {
      memory.log = !memory.log;
      delete memory[axis]; // a range means something else on the other scale
      show();
      this.redraw();
    };
    show();
    return button;
  }

  // The same in a sentence: for those who cannot see the drawing.
  describe(frame) {
    this.words = frame.appendChild(element("p", "sw-unseen"));
    this.words.id = `sw-alt-${this.spec.id}`;
    const figure = { role: "figure", tabindex: "0", "aria-label": this.spec.title, "aria-describedby": this.words.id };
    for (const [name, value] of Object.entries(figure)) this.plot.setAttribute(name, value);
  }

  alt() {
    const { store } = this.context;
    const text = store.length ? fill(this.spec.alt, store.latest()) : this.context.labels.no_data;
    if (this.words.textContent !== text) this.words.textContent = text;
  }

  destroy() {
    this.destroyed = true;
    this.sizes?.disconnect();
    if (this.drawn) this.plotly.purge(this.plot);
  }
}
