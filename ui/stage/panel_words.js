// Words: what the numbers say, with one press that mends it; and an error's own text when a run has failed.

import { element, fill } from "./format.js";

const READ = 1000; // ms in which a screen reader has taken what is new

export function create(frame, spec, context) {
  const body = frame.appendChild(element("div", "sw-words"));
  body.style.height = `${Math.round(spec.height * (context.projector ? 1.2 : 1))}px`;
  const list = body.appendChild(element("ul"));
  const waiting = body.appendChild(element("p", "sw-about", context.labels.no_words));
  const error = body.appendChild(element("div", "sw-error"));
  const spoken = body.appendChild(element("p", "sw-unseen"));
  spoken.setAttribute("aria-live", "polite"); // what is new, once; the list itself may change with every number
  let written = "";
  let heard = "";
  let [current, timer] = ["", 0];
  const clear = () => {
    timer = 0;
    if (current !== spoken.textContent) spoken.textContent = ""; // said, and no longer so
  };
  return {
    status({ findings = [], message = null, generation, config }) {
      const state = JSON.stringify([findings, message]);
      if (state === written) return;
      written = state;
      list.replaceChildren(...findings.filter(({ code }) => code in spec.findings).map((finding) => sentence(finding, spec, context)));
      waiting.hidden = list.children.length > 0 || Boolean(message);
      error.replaceChildren(...explained(message, spec, context));
      const news = JSON.stringify([findings.map(({ code }) => code), message?.code, generation, config]);
      current = [...body.querySelectorAll("li > span, .sw-error p")].map((one) => one.textContent).join(" ");
      if (news !== heard) {
        spoken.textContent = current;
        clearTimeout(timer);
        timer = 0;
      }
      heard = news;
      timer ||= setTimeout(clear, READ);
    },
  };
}

function sentence({ code, values, remedy }, spec, context) {
  const item = element("li");
  item.dataset.finding = code;
  item.append(element("span", "", fill(spec.findings[code], values)));
  const press = label(code, Object.keys(remedy ?? {}), spec.remedies);
  if (press && context.steered) {
    const button = item.appendChild(element("button", "sw-button sw-remedy", fill(press, remedy)));
    button.type = "button";
    button.onclick = () => context.trigger("remedy", remedy);
  }
  return item;
}

// That of the finding with this kind of remedy, of a remedy of these very fields, or of the finding.
function label(code, fields, remedies) {
  if (!fields.length) return undefined;
  const kind = fields.length === 1 ? remedies[`${code}.${fields[0]}`] : undefined;
  return kind ?? remedies[[...fields].sort().join("+")] ?? fields.map((field) => remedies[`${code}.${field}`])[0] ?? remedies[code];
}

function explained(message, spec, { labels }) {
  if (!message) return [];
  const parts = [element("p", "", fill(spec.messages[message.code] ?? labels["message.other"], message))];
  if (message.text) {
    const text = element("pre", "", message.text);
    text.tabIndex = 0;
    parts.push(text);
  }
  return parts;
}
