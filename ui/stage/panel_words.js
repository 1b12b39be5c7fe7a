// Words: what the numbers say, with one press that mends it; and an error's own text when a run has failed.

import { element, fill } from "./format.js";

export function create(frame, spec, context) {
  const body = frame.appendChild(element("div", "sw-words"));
  body.style.minHeight = `${Math.round(spec.height * (context.projector ? 1.2 : 1))}px`;
  const list = body.appendChild(element("ul"));
  const waiting = body.appendChild(element("p", "sw-about", context.labels.no_words));
  const error = body.appendChild(element("div", "sw-error"));
  const spoken = body.appendChild(element("p", "sw-unseen"));
  spoken.setAttribute("aria-live", "polite"); // what is new, once; the list itself may change with every number
  let written = "";
  let heard = "";
  return {
    status({ findings = [], message = null }) {
      const state = JSON.stringify([findings, message]);
      if (state === written) return;
      written = state;
      list.replaceChildren(...findings.filter(({ code }) => code in spec.findings).map((finding) => sentence(finding, spec, context)));
      waiting.hidden = list.children.length > 0 || Boolean(message);
      error.replaceChildren(...explained(message, spec, context));
      const codes = JSON.stringify([findings.map(({ code }) => code), message?.code]);
      if (codes !== heard) spoken.textContent = [...body.querySelectorAll("li > span, .sw-error p")].map((one) => one.textContent).join(" ");
      heard = codes;
    },
  };
}

function sentence({ code, values, remedy }, spec, context) {
  const item = element("li");
  item.dataset.finding = code;
  item.append(element("span", "", fill(spec.findings[code], values)));
  const press = Object.keys(remedy ?? {}).map((field) => spec.remedies[`${code}.${field}`] ?? spec.remedies[code])[0];
  if (press && context.steered) {
    const button = item.appendChild(element("button", "sw-button sw-remedy", fill(press, remedy)));
    button.type = "button";
    button.onclick = () => context.trigger("remedy", remedy);
  }
  return item;
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
