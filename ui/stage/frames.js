// Frames: one panel drawn a task, in turn, and never more than half of the browser's main thread.

const PANEL_GAP = 90; // ms between two drawings of one panel: the stream brings no more than ten batches a second
const PATIENCE = 300; // ms that drawings yield, then one is made
const REST = 1.5; // rest this many times as long as the drawing took; its layout and paint come on top

export class Frames {
  constructor() {
    this.waiting = new Map(); // panel → its draw function, in the order of asking
    this.next = new Map(); // panel → the earliest time of its next drawing
    this.scheduled = false;
    this.restUntil = 0;
    this.yielding = 0;
    this.waitingSince = 0;
    this.timer = 0;
  }

  request(panel, draw) {
    this.waiting.set(panel, draw); // in the place of an older one, and at its turn
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
  }

  schedule() {
    if (this.scheduled || !this.waiting.size) return;
    this.scheduled = true;
    const due = Math.min(...[...this.waiting.keys()].map((panel) => this.next.get(panel) ?? 0));
    const wait = Math.max(due, this.restUntil, this.yielding) - performance.now();
    const begin = () => {
      this.timer = 0;
      requestAnimationFrame(() => setTimeout(() => this.run()));
    };
    this.timer = setTimeout(begin, Math.max(0, wait));
  }

  run() {
    this.scheduled = false;
    const now = performance.now();
    const panel = now < this.yielding ? undefined : [...this.waiting.keys()].find((one) => (this.next.get(one) ?? 0) <= now);
    if (panel === undefined) this.schedule();
    else this.draw(panel);
  }

  // At once, if it waits.
  draw(panel) {
    const start = performance.now();
    const draw = this.waiting.get(panel);
    if (!this.waiting.delete(panel)) return;
    try {
      draw();
    } finally {
      this.waitingSince = performance.now();
      const took = this.waitingSince - start;
      this.restUntil = start + took * (1 + REST);
      this.next.set(panel, start + Math.max(PANEL_GAP, took * 4)); // a heavy panel is drawn less often
      this.schedule();
    }
  }
}
