// Steering: one run, as the parts of a page share it: what the stage hears of it, and the commands that are sent to it.

const PATIENCE = 10_000; // ms in which a command is answered

const runs = new Map(); // id for watching → Steering

export function steering(run) {
  if (!runs.has(run)) runs.set(run, new Steering());
  return runs.get(run);
}

// Where commands go: to the run or the search at `url`, which is empty for who only watches.
export class Commands {
  constructor(url = "") {
    Object.assign(this, { url, last: Promise.resolve(), waiting: 0 });
  }

  // One command after the other, in the order in which they were given, and not before `ready()` resolves; one that is a function is
  // asked for when its turn has come. Resolves to the answer; what was refused or could not be sent has an `error`.
  send(command, ready = () => {}) {
    const sent = this.last.then(ready).then(() => post(this.url, command instanceof Function ? command() : command));
    this.last = sent;
    this.waiting += 1;
    sent.then(() => (this.waiting -= 1));
    return sent;
  }
}

export class Steering extends Commands {
  constructor() {
    super();
    Object.assign(this, { status: null, listeners: new Set(), places: new Map(), moved: () => {} });
  }

  // Lends the stage, which sets `moved`, a place for one of its panels; returns what takes it back.
  lend(panel, place) {
    this.places.set(panel, place);
    this.moved();
    return () => {
      if (this.places.get(panel) !== place) return;
      this.places.delete(panel);
      this.moved();
    };
  }

  // The id that lets this visitor steer; empty for who only watches.
  hold(held, base) {
    this.url = held && `${base}runs/${encodeURIComponent(held)}/commands`;
  }

  // `listener(status)` is called now, if there is a status, and with each one to come; returns what ends that.
  follow(listener) {
    this.listeners.add(listener);
    if (this.status) listener(this.status);
    return () => this.listeners.delete(listener);
  }

  hear(status) {
    this.status = status;
    for (const listener of this.listeners) listener(status);
  }

}

async function post(url, command) {
  const [method, body] = ["POST", JSON.stringify(command)];
  const headers = { "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    return await (await fetch(url, { method, headers, body, signal, keepalive: true })).json(); // also when the page is left at once
  } catch {
    return { error: "unreachable" };
  }
}
