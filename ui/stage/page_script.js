// PageScript: what goes through the page's own script and so takes longer than a command: Streamlit's widgets.

const OURS = ".stepwise-stage, .stepwise-live";
const SENT = 300; // ms in which Streamlit sends what was pressed or typed, if it sends anything
const QUIET = 60; // ms after a run of the script in which the next one begins, if it was asked for meanwhile
const PATIENCE = 8000; // ms; a script that runs longer does something else

let touched = -Infinity; // when something was pressed or changed outside of our own parts
let asked = -Infinity; // when Streamlit has sent it
let ended = -Infinity; // when the script last came to its end

for (const type of ["click", "change", "keydown"]) {
  addEventListener(type, ({ key, target }) => {
    if ((type !== "keydown" || key === "Enter") && !target.closest?.(OURS)) touched = performance.now();
  }, true);
}

// The page does not say that it has asked for its script, only that the script runs: on a slow line or a busy server, a second later.
const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (...message) {
  if (performance.now() - touched < SENT) asked = performance.now();
  return send.apply(this, message);
};
new MutationObserver(() => {
  if (!scriptRuns()) ended = performance.now();
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-test-script-state"] });

// Whether Streamlit runs the page's script. A rerun asked for meanwhile would carry the widgets' values from before it.
export function scriptRuns() {
  return document.querySelector(".stApp")?.dataset.testScriptState === "running";
}

const since = (moment) => performance.now() - moment;

// Whether something that was pressed or changed on the page is still to be made by the script: another rerun that is asked for
// meanwhile may take its place.
export function underWay() {
  return asked < touched ? since(touched) < SENT : since(asked) < PATIENCE && (ended < asked || scriptRuns() || since(ended) < QUIET);
}

// Resolves once the script has made what was changed on the page. A run that is started before would begin anew, and wait.
export async function pageSettled() {
  while (underWay()) await new Promise((resolve) => setTimeout(resolve, 20));
}
