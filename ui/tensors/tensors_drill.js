// Drill: what will the last line give? Asked before it is seen. The score is kept in this browser's tab and nowhere else.

import { element, fill } from "./format.js";

const KEPT = "stepwise-tensors-score";

export class Drill {
  constructor(frame, words, { more, see }) {
    Object.assign(this, { words, more, see });
    this.score = frame.querySelector(".sw-head").appendChild(element("span", "tn-score"));
    this.box = frame.appendChild(element("div", "tn-drill"));
    this.tally();
  }

  show(questions) {
    const made = JSON.stringify(questions);
    if (made === this.made) return;
    Object.assign(this, { made, questions, at: 0 });
    if (questions) this.ask();
    else this.box.replaceChildren(element("p", "sw-about", this.words.waiting));
  }

  get counts() {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "[0, 0]");
  }

  tally(right = null) {
    const [found, asked] = this.counts;
    const now = right === null ? [found, asked] : [found + right, asked + 1];
    if (right !== null) sessionStorage.setItem(KEPT, JSON.stringify(now));
    this.score.textContent = now[1] ? fill(this.words.score, { right: now[0], asked: now[1] }) : this.words.unseen;
  }

  ask() {
    const { words } = this;
    const question = this.questions[this.at];
    const code = element("pre", "tn-asked", question.program);
    code.tabIndex = 0;
    const right = element("div", "tn-answering");
    const asked = right.appendChild(element("p", "tn-question", words[`ask_${question.asks}`]));
    asked.id = "tn-question";
    const choices = right.appendChild(element("div", "tn-choices"));
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-labelledby", asked.id);
    question.choices.forEach((choice, place) => {
      const button = choices.appendChild(element("button", "sw-button tn-choice", words[`answer_${choice}`] ?? choice));
      Object.assign(button, { type: "button", onclick: () => this.answer(question, place, choices, right) });
    });
    this.box.replaceChildren(code, right);
  }

  answer(question, chosen, choices, right) {
    const { words } = this;
    [...choices.children].forEach((button, place) => {
      button.disabled = true;
      if (place === question.right) button.classList.add("tn-right");
      else if (place === chosen) button.classList.add("tn-missed");
    });
    const correct = chosen === question.right;
    this.tally(Number(correct));
    const told = right.appendChild(element("div", "tn-verdict"));
    told.setAttribute("role", "status");
    told.append(element("b", correct ? "tn-good" : "tn-bad", correct ? `✓ ${words.correct}` : `✕ ${words.incorrect}`), element("code", "", question.told));
    const next = element("div", "tn-choices");
    const button = (text, pressed) => next.appendChild(Object.assign(element("button", "sw-button", text), { type: "button", onclick: pressed }));
    const last = this.at === this.questions.length - 1;
    const onward = button(last ? words.more : words.next, () => {
      if (last) return this.more();
      this.at += 1;
      this.ask();
      return this.box.querySelector(".tn-choice").focus();
    });
    button(words.see, () => this.see(question.program));
    right.append(next);
    onward.focus();
  }
}
