// PageScript: what goes through the page's own script and so takes longer than a command: Streamlit's widgets.

const OURS = ".stepwise-stage, .stepwise-live";
const TURN = 20; // ms
const MANY = 15; // turns in which Streamlit sends what was pressed or typed, if it sends anything, or shows what it has heard
const FEW = 3; // turns after a run of the script in which the next one begins, if it was asked for meanwhile
const PATIENCE = 8000; // ms; a script that runs longer does something else

let touched = -Infinity; // when something was pressed or changed outside of our own parts
let asked = -Infinity; // when Streamlit has sent it
let begun = -Infinity; // when the script was last said to run
let ended = -Infinity; // when it was last said to have ended
let turns = 0; // still to wait

for (const type of ["click", "change", "keydown"]) {
  addEventListener(type, ({ key, target }) => {
    if ((type === "keydown" && key !== "Enter") || target.closest?.(OURS)) return;
    touched = performance.now();
    wait(MANY);
  }, true);
}

// Counted in turns, not by the clock: a page that is busy drawing sends later, and shows later, as it has no turns meanwhile.
function wait(count) {
  const before = turns;
  turns = count;
  if (!before) setTimeout(turn, TURN);
}

function turn() {
  turns -= 1;
  if (turns > 0) setTimeout(turn, TURN);
}

// The page does not say that it has asked for its script, only that the script runs: on a slow line or a busy server, a second later.
const { send } = WebSocket.prototype;
const followed = new WeakSet();
WebSocket.prototype.send = function (...message) {
  if (turns) asked = performance.now();
  if (!followed.has(this)) this.addEventListener("message", ({ data }) => heard(data));
  followed.add(this);
  return send.apply(this, message);
};

// Streamlit's `session_status_changed`, field 9 of its messages, in which field 2 says that the script runs. A busy page draws the
// beginning and the end of a short run at once, and never says that there was one.
function heard(data) {
  const [field, , ...status] = data.byteLength < 8 ? new Uint8Array(data) : [];
  if (field === 0x4a) said(status.some((byte, place) => byte === 0x10 && status[place + 1] === 1), MANY);
}

new MutationObserver(() => said(scriptRuns(), FEW)).observe(document.body, {
  subtree: true, attributes: true, attributeFilter: ["data-test-script-state"],
});

function said(running, shown) {
  if (running) begun = performance.now();
  else {
    ended = performance.now();
    if (asked > touched) wait(shown); // else it is an earlier run, and Streamlit has still to send
  }
}

// Whether Streamlit runs the page's script. A rerun asked for meanwhile would carry the widgets' values from before it.
export function scriptRuns() {
  return document.querySelector(".stApp")?.dataset.testScriptState === "running";
}

// Whether something that was pressed or changed on the page is still to be made by the script: another rerun that is asked for
// meanwhile may take its place.
export function underWay() {
  if (asked < touched) return turns > 0;
  return performance.now() - asked < PATIENCE && (begun < asked || ended < begun || turns > 0 || scriptRuns());
}

// Resolves once the script has made what was changed on the page. A run that is started before would begin anew, and wait.
export async function pageSettled() {
  while (underWay()) await new Promise((resolve) => setTimeout(resolve, TURN));
}
