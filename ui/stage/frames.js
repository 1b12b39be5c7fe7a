// Frames: which panels are drawn when. The one that has been due longest comes first, and all of them together never take more than
// half of the browser's main thread.

const PANEL_GAP = 50; // ms between two drawings of one panel: what comes ten times a second is drawn as often, also a little late
const SPACING = 8; // a panel is drawn at most every so many times as long as its drawing took: a dear one gives way to cheap ones
const LONGEST = 1000; // ms, but no longer than this: the next drawing may be cheap again, and a curve that stands still says nothing
const TURN = 8; // ms: cheap panels are drawn together while they fit into this
const PATIENCE = 300; // ms that drawings yield, then one is made
const REST = 2; // rest this many times as long as the drawings took; their layout and paint come on top
const CHEAP = 5; // ms: what takes no longer is drawn while a dear one is rested from, else pictures would move with the charts

export class Frames {
  constructor() {
    this.waiting = new Map(); // panel → its draw function, in the order of asking
    this.next = new Map(); // panel → the earliest time of its next drawing
    this.cost = new Map(); // panel → ms that its last drawing took
    this.scheduled = false;
    this.restUntil = 0;
    this.yielding = 0;
    this.waitingSince = 0;
    this.timer = 0;
  }

  request(panel, draw) {
    this.waiting.set(panel, draw); // in the place of an older one, and at its turn
    this.again(); // what waits already may have longer to wait
    this.schedule();
  }

  // What a hand has just done is drawn in the next frame, whatever else waits: it costs one drawing without its rest.
  hurry(panel) {
    const draw = this.waiting.get(panel);
    if (!draw) return;
    this.waiting = new Map([[panel, draw], ...this.waiting]);
    this.next.delete(panel);
    this.restUntil = 0;
    this.yielding = 0;
    this.again();
  }

  // Something more urgent is to come within so many ms, and nothing is begun before it; 0: it has come. While one such thing follows
  // the other there is a drawing now and then.
  yield(wait) {
    const now = performance.now();
    if (!this.waiting.size) this.waitingSince = now;
    this.yielding = Math.min(now + wait, this.waitingSince + PATIENCE);
    this.again();
  }

  again() {
    if (!this.timer) return; // it is about to draw
    clearTimeout(this.timer);
    this.scheduled = false;
    this.schedule();
  }

  forget(panel) {
    this.waiting.delete(panel);
    this.next.delete(panel);
    this.cost.delete(panel);
  }

  schedule() {
    if (this.scheduled || !this.waiting.size) return;
    this.scheduled = true;
    const due = Math.min(...[...this.waiting.keys()].map((panel) => this.from(panel)));
    const wait = Math.max(due, this.yielding) - performance.now();
    const begin = () => {
      this.timer = 0;
      requestAnimationFrame(() => setTimeout(() => this.run()));
    };
    this.timer = setTimeout(begin, Math.max(0, wait));
  }

  run() {
    this.scheduled = false;
    const start = performance.now();
    let end = start;
    for (const panel of start < this.yielding ? [] : this.due(start)) {
      if (end > start && end + (this.cost.get(panel) ?? TURN) > start + TURN) break;
      end = this.draw(panel);
    }
    this.schedule();
  }

  // Those that may be drawn now, the one that has been due longest first.
  due(now) {
    const next = (panel) => this.next.get(panel) ?? 0;
    return [...this.waiting.keys()].filter((panel) => this.from(panel) <= now).sort((one, other) => next(one) - next(other));
  }

  // The time from which a panel may be drawn.
  from(panel) {
    const rested = this.cost.get(panel) <= CHEAP ? 0 : this.restUntil;
    return Math.max(this.next.get(panel) ?? 0, rested);
  }

  // At once, if it waits; returns when it was done.
  draw(panel) {
    const start = performance.now();
    const draw = this.waiting.get(panel);
    if (!this.waiting.delete(panel)) return start;
    try {
      draw();
    } finally {
      this.waitingSince = performance.now();
      const took = this.waitingSince - start;
      // What is drawn for the first time costs many times what it will cost: that says nothing about how often.
      this.next.set(panel, start + Math.max(PANEL_GAP, this.cost.has(panel) ? Math.min(LONGEST, took * SPACING) : 0));
      this.cost.set(panel, took);
      this.restUntil = Math.max(this.restUntil, this.waitingSince) + took * REST;
    }
    return this.waitingSince;
  }
}
