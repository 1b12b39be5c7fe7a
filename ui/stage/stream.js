// Stream: one EventSource to /runs/{id}/events. It rests while the tab is hidden, goes on from the last step when shown,
// and reconnects by itself, also after answers at which the browser's own EventSource gives up.

const FIRST_RETRY = 500; // ms
const LONGEST_RETRY = 15000;
const SETTLE = 250; // ms until a new set of views opens the stream anew

export class Stream {
  // url: of the events. handlers: news(message); link(state), which is "open", "lost" or "gone".
  // stage.position(): {generation, since, rows, views: [...], keep}; stage.outdated(views): whether these are not the right ones.
  constructor(url, handlers, stage) {
    Object.assign(this, { url, handlers, stage, retry: FIRST_RETRY, views: [], source: null, timer: 0 });
    this.onVisibility = () => (document.hidden ? this.pause() : this.open());
    document.addEventListener("visibilitychange", this.onVisibility);
    if (!document.hidden) this.open();
  }

  open() {
    this.pause();
    const { generation, since, rows, views, keep } = this.stage.position();
    this.views = views;
    const query = new URLSearchParams({ views: views.map(encodeURIComponent).join(","), since, rows, keep });
    if (generation !== null) query.set("generation", generation);
    const source = (this.source = new EventSource(`${this.url}?${query}`));
    this.expect();
    source.onopen = () => {
      clearTimeout(this.timer);
      this.retry = FIRST_RETRY;
      this.handlers.link("open");
    };
    source.onerror = () => this.failed(source);
    this.held = {};
    source.onmessage = ({ data }) => this.handlers.news(this.whole(JSON.parse(data)));
  }

  // Of a picture that this connection has brought before, only those parts may come that are not as they were.
  whole({ parts, ...message }) {
    const completed = Object.entries(parts ?? {}).map(([name, changed]) => [name, { ...this.held[name], ...changed }]);
    const views = { ...message.views, ...Object.fromEntries(completed) };
    Object.assign(this.held, views);
    return parts ? { ...message, views } : message;
  }

  // A connection that neither opens nor fails is opened anew.
  expect() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), LONGEST_RETRY);
  }

  // The browser retries a broken connection itself (readyState CONNECTING); an error answer it does not.
  failed(source) {
    this.handlers.link("lost");
    if (source !== this.source) return;
    if (source.readyState !== EventSource.CLOSED) return this.expect();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), this.retry);
    this.retry = Math.min(LONGEST_RETRY, this.retry * 2);
  }

  async again() {
    const signal = AbortSignal.timeout(LONGEST_RETRY); // a question that is never answered must not be the last
    const answer = await fetch(this.url, { method: "HEAD", signal }).catch(() => null);
    if (answer?.status === 404) return this.handlers.link("gone"); // for good: ids are not given twice
    if (!document.hidden && !this.closed) this.open();
  }

  // The panels on screen have changed: ask for their views, once things have settled.
  retarget(wait = SETTLE) {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (this.source && this.stage.outdated(this.views)) this.open();
    }, wait);
  }

  pause() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  close() {
    this.closed = true;
    clearTimeout(this.settling);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.pause();
  }
}
