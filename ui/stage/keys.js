// Keys: one key presses one thing, wherever the focus is, but in a text that is being typed.

const TEXT = "input:not([type=checkbox], [type=radio], [type=range], [type=button], [type=file]), textarea, select, [contenteditable=true]";
const PRESSABLE = "button, a[href], summary, [role=tab], [role=option], [type=checkbox], [type=radio]";
const MOVING = /^(Tab|Arrow.*|Home|End)$/;

export class Keys {
  constructor() {
    this.bound = new Map(); // key → what it does
    this.walking = false; // whether the last thing done was a key that moves the focus
    this.walked = false; // whether the focus came where it is by such a key: there Space presses what has it
    this.ended = null; // the field whose text is no longer being typed: Enter was pressed, or an option chosen
    const on = (target, type, heard, capture = true) => target.addEventListener(type, heard, { capture, signal: this.left.signal });
    this.left = new AbortController();
    on(window, "keydown", (event) => this.down(event));
    on(window, "pointerdown", (event) => this.pointed(event));
    on(window, "click", ({ target }) => target.closest?.("[role=option]") && this.end(document.activeElement));
    on(window, "change", ({ target }) => target.matches?.("select") && this.end(target));
    on(window, "input", ({ target }) => target.matches?.("select") || (this.ended = null));
    on(window, "focusin", ({ target }) => this.focused(target));
  }

  // `key` in lower case; `press` returns false where there is nothing to press now, and the key keeps its usual meaning.
  bind(key, press) {
    this.bound.set(key, press);
  }

  close() {
    this.left.abort();
  }

  down(event) {
    if (MOVING.test(event.key)) this.walking = true;
    const key = event.key.toLowerCase();
    const press = event.ctrlKey || event.metaKey || event.altKey ? undefined : this.bound.get(key);
    const field = event.target.closest?.(TEXT);
    if (field && this.typing(field, event, press)) return;
    if (!press) return;
    if (key === " " && this.walked && event.target.closest?.(PRESSABLE)) return;
    if (event.repeat || press() !== false) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  // Whether the key belongs to the text of this field. A letter that no number has ends the typing of a number.
  typing(field, { key, isComposing }, press) {
    if (isComposing) return true;
    if (field === this.ended && press && field.ariaExpanded !== "true") return false;
    if (field.type === "number" && press && !/\d/.test(key)) return field.blur(), false;
    this.ended = null;
    if (key === "Enter" && !field.matches("textarea")) this.end(field);
    return true;
  }

  // After what the choice itself sets off. A list may take longer to close: whether it is open is asked at the next key.
  end(field) {
    setTimeout(() => (this.ended = field));
  }

  // A list gives the focus back to its field once it has closed: that begins no new text.
  focused(target) {
    this.walked = this.walking;
    if (target !== this.ended || this.walking) this.ended = null;
  }

  // A press on a picture ends the typing of a text, which plotly leaves as it is.
  pointed({ target }) {
    this.walking = this.walked = false;
    const field = document.activeElement;
    if (this.ended?.contains(target)) this.ended = null;
    if (field?.contains(target)) return;
    if (field?.matches?.(TEXT) && target.closest?.(".stepwise-stage")) setTimeout(() => field === document.activeElement && field.blur());
  }
}
