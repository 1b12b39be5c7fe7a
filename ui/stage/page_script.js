// PageScript: what goes through the page's own script and so takes longer than a command: Streamlit's widgets.

const OURS = ".stepwise-stage, .stepwise-live";
const BEGINS = 300; // ms in which Streamlit begins to run its script after a press
const PATIENCE = 3000; // ms; a script that runs longer does something else

let touched = -Infinity; // when something was pressed or changed outside of our own parts

for (const type of ["click", "change", "keydown"]) {
  addEventListener(type, ({ key, target }) => {
    if ((type !== "keydown" || key === "Enter") && !target.closest?.(OURS)) touched = performance.now();
  }, true);
}

// Whether Streamlit runs the page's script. A rerun asked for meanwhile would carry the widgets' values from before it.
export function scriptRuns() {
  return document.querySelector(".stApp")?.dataset.testScriptState === "running";
}

// Resolves once the script has made what was changed on the page. A run that is started before would begin anew, and wait.
export async function pageSettled() {
  const since = () => performance.now() - touched;
  while (since() < BEGINS || (since() < PATIENCE && scriptRuns())) await new Promise((resolve) => setTimeout(resolve, 20));
  touched = -Infinity;
}
