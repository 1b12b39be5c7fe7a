// Words: what the numbers say, as a line at the foot of the panel that it speaks of, with one press that mends it; and an error's
// own text when a run has failed. Opened, it is there whole, over the picture; and it can be put away.

import { element, fill } from "./format.js";

const READ = 1000; // ms in which a screen reader has taken what is new

export function create(frame, spec, context) {
  const { labels } = context;
  const body = frame.appendChild(element("div", "sw-note"));
  const said = body.appendChild(element("div", "sw-note-text"));
  const error = said.appendChild(element("div", "sw-error"));
  const list = said.appendChild(element("ul"));
  const more = body.appendChild(Object.assign(element("button", "sw-button sw-icon sw-more"), { type: "button", title: labels.read_note, ariaLabel: labels.read_note }));
  const away = body.appendChild(Object.assign(element("button", "sw-button sw-icon", "×"), { type: "button", title: labels.put_away, ariaLabel: labels.put_away }));
  const open = (opened) => {
    body.classList.toggle("sw-open", opened);
    more.ariaExpanded = String(opened);
  };
  const spoken = frame.appendChild(element("p", "sw-unseen"));
  spoken.setAttribute("aria-live", "polite"); // what is new, once; the list itself may change with every number
  let written = "";
  let heard = "";
  let subject = "";
  let [current, timer, failed] = ["", 0, false];
  body.hidden = true;
  open(false);
  more.onclick = () => open(!body.matches(".sw-open"));
  said.onclick = ({ target }) => body.matches(".sw-open") || target.closest("button") || open(true);
  away.onclick = () => {
    body.hidden = true; // until it has something else to say
    open(false);
  };
  const clear = () => {
    timer = 0;
    if (current !== spoken.textContent) spoken.textContent = ""; // said, and no longer so
  };
  return {
    status({ findings = [], message = null, generation, config }) {
      const state = JSON.stringify([findings, message]);
      if (state === written) return;
      written = state;
      const known = findings.filter(({ code }) => code in spec.findings).sort((one, other) => mends(other) - mends(one));
      renew(list, known, spec, context);
      error.replaceChildren(...explained(message, spec, context));
      const subjects = JSON.stringify([known.map(({ code }) => code), message?.code, generation]);
      const news = JSON.stringify([subjects, config]);
      current = [...body.querySelectorAll("li > span, .sw-error p")].map((one) => one.textContent).join(" ");
      if (subjects !== subject) {
        body.hidden = !current;
        const stopped = Boolean(error.querySelector("pre")); // why PyTorch has stopped is to be read at once
        if (stopped !== failed) open((failed = stopped));
        const others = known.length + error.querySelectorAll("p").length - 1;
        more.textContent = others > 0 ? `+${others}` : "";
      }
      subject = subjects;
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

// What a press can mend comes first: of a closed note only the first sentence is seen, and its press.
function mends({ remedy }) {
  return Number(Object.keys(remedy ?? {}).length > 0);
}

// A sentence for each finding. One that is there stays while its numbers change, and so does its button under a press.
function renew(list, findings, spec, context) {
  const before = [...list.children];
  const items = findings.map((finding, place) => {
    const known = before[place]?.dataset.finding === finding.code;
    return write(known ? before[place] : sentence(finding.code), finding, spec, context);
  });
  if (items.length !== before.length || items.some((item, place) => item !== before[place])) list.replaceChildren(...items);
}

function sentence(code) {
  const item = element("li");
  item.dataset.finding = code;
  item.append(element("span"));
  return item;
}

function write(item, { code, values, remedy }, spec, context) {
  const [said, button] = [item.firstChild, item.querySelector(".sw-remedy")];
  said.textContent = said.title = fill(spec.findings[code], values);
  const press = context.steered && label(code, Object.keys(remedy ?? {}), spec.remedies);
  if (!press) button?.remove();
  else {
    const shown = button ?? item.appendChild(Object.assign(element("button", "sw-button sw-remedy"), { type: "button" }));
    shown.textContent = fill(press, remedy);
    shown.onclick = () => context.trigger("remedy", remedy);
  }
  return item;
}

// That of the finding with this kind of remedy, of a remedy of these very fields, or of the finding.
function label(code, fields, remedies) {
  if (!fields.length) return undefined;
  const kind = fields.length === 1 ? remedies[`${code}.${fields[0]}`] : undefined;
  return kind ?? remedies[[...fields].sort().join("+")] ?? fields.map((field) => remedies[`${code}.${field}`])[0] ?? remedies[code];
}

// A note without messages says none: another note of the page does.
function explained(message, { messages }, { labels }) {
  if (!message || !Object.keys(messages).length) return [];
  const parts = [element("p", "", fill(messages[message.code] ?? labels["message.other"], message))];
  if (message.text) {
    const text = element("pre", "", message.text);
    text.tabIndex = 0;
    parts.push(text);
  }
  return parts;
}
