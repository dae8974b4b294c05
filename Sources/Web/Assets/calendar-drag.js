// SPDX-License-Identifier: Apache-2.0
// Moving a visit, by pointer or by keys: a ghost goes ahead, and the server says whether it fits before it is dropped.

import { ask, clock, element, placeOf } from "./calendar-api.js";
import { markAt, minuteAt } from "./calendar-draw.js";

export class Mover {
  /** `drop(visit, place, answer)` is called with where it was let go, `say` with words for everybody. */
  constructor(root, state, { drop, say }) {
    Object.assign(this, { root, state, drop, say });
    root.addEventListener("pointerdown", (event) => this.press(event));
  }

  get isMoving() { return Boolean(this.visit); }

  begin(visit, column, isResize = false) {
    this.visit = visit;
    this.isResize = isResize;
    this.place = { ...placeOf(visit, this.state.data), isOverride: false };
    this.answer = { fits: true, reasons: [], canOverride: false };
    this.ghost = element("div", { className: "ghost" }, element("strong"), element("span"));
    this.root.classList.add("moving");
    this.show(column, this.place.minute, this.place.minutes);
  }

  /** The ghost goes to a column and a minute. */
  show(column, minute, minutes) {
    if (!column) return;
    const { place } = this;
    const resource = this.state.data.resources.find((each) => each.id === column.dataset.resource);
    const next = { ...place, date: column.dataset.date, minute, minutes };
    if (resource?.kind === "clinician") next.clinician = resource.id;
    if (resource && resource.kind !== "clinician") {
      const others = place.resources.filter((id) => this.state.data.resources.find((r) => r.id === id)?.kind !== resource.kind);
      next.resources = [...others, resource.id];
    }
    const isSame = this.column === column && next.minute === place.minute && next.minutes === place.minutes;
    this.column = column;
    this.place = next;
    column.append(this.ghost);
    markAt(this.ghost, column, minute, minutes);
    this.ghost.firstChild.textContent = `${clock(minute)} to ${clock(minute + minutes)}`;
    if (!isSame || !this.asked) this.check();
  }

  check() {
    this.asked = true;
    clearTimeout(this.timer);
    const mine = (this.round = (this.round || 0) + 1);
    this.pending = new Promise((done) => {
      this.timer = setTimeout(async () => {
        const { place, visit } = this;
        const query = new URLSearchParams({ date: place.date, minute: place.minute, minutes: place.minutes });
        if (place.clinician) query.set("clinician", place.clinician);
        const moved = place.resources.find((id) => id === this.column?.dataset.resource);
        if (moved) query.set("resource", moved);
        let answer;
        try {
          answer = await ask(`bookings/${visit.id}/fit?${query}`);
        } catch (error) {
          answer = { fits: false, canOverride: false, reasons: [error.message] };
        }
        if (mine === this.round && this.visit) this.tell(answer);
        done();
      }, 40);
    });
  }

  tell(answer) {
    this.answer = answer;
    this.ghost.classList.toggle("bad", !answer.fits);
    this.ghost.classList.toggle("good", answer.fits);
    this.ghost.lastChild.textContent = answer.fits ? "free" : answer.reasons.join("; ");
    this.say(`${clock(this.place.minute)}: ${answer.fits ? "free" : answer.reasons.join("; ")}`);
  }

  async let() {
    await this.pending;
    const { visit, place, answer } = this;
    const resources = place.resources.filter((id) => id === this.column?.dataset.resource);
    this.end();
    this.drop(visit, { ...place, resources }, answer);
  }

  end() {
    clearTimeout(this.timer);
    this.round = (this.round || 0) + 1;
    this.ghost?.remove();
    this.root.classList.remove("moving");
    this.visit = this.column = this.ghost = null;
    this.asked = false;
  }

  press(event) {
    const box = event.target.closest(".visit");
    if (!box || event.button !== 0 || event.pointerType === "touch") return;
    const visit = this.state.data.visits.find((each) => each.id === box.dataset.visit);
    const isResize = event.target.classList.contains("grip");
    const column = box.closest(".column");
    const held = minuteAt(column, event.clientY) - visit.minute;
    const origin = [event.clientX, event.clientY];
    const step = (shift) => (shift ? 5 : 15);
    const move = (now) => {
      if (!this.visit) {
        if (Math.hypot(now.clientX - origin[0], now.clientY - origin[1]) < 5) return;
        this.begin(visit, column, isResize);
        this.dragged = true;
      }
      const under = document.elementsFromPoint(now.clientX, now.clientY).find((each) => each.classList?.contains("column"));
      const target = isResize ? column : under || this.column;
      const snap = step(now.shiftKey);
      const at = minuteAt(target, now.clientY);
      if (isResize) {
        this.show(column, visit.minute, Math.max(5, Math.round((at - visit.minute) / snap) * snap));
      } else {
        this.show(target, Math.max(0, Math.min(1435, Math.round((at - held) / snap) * snap)), visit.minutes);
      }
    };
    const stop = (event) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("keydown", escape, true);
      if (event === null) this.end();
    };
    const up = () => { stop(); if (this.visit) this.let(); setTimeout(() => { this.dragged = false; }); };
    const escape = (key) => { if (key.key === "Escape" && this.visit) { key.stopPropagation(); stop(null); } };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("keydown", escape, true);
  }

  /** Keys while moving; true where the key was meant for it. */
  key(event) {
    if (!this.visit) return false;
    const columns = [...this.root.querySelectorAll(".column")];
    const index = columns.indexOf(this.column);
    const step = event.shiftKey ? 5 : 15;
    const { minute, minutes } = this.place;
    switch (event.key) {
      case "ArrowUp": this.show(this.column, Math.max(0, minute - step), minutes); break;
      case "ArrowDown": this.show(this.column, Math.min(1435, minute + step), minutes); break;
      case "ArrowLeft": this.show(columns[Math.max(0, index - 1)], minute, minutes); break;
      case "ArrowRight": this.show(columns[Math.min(columns.length - 1, index + 1)], minute, minutes); break;
      case "Enter": this.let(); break;
      case "Escape": this.end(); this.say("Not moved."); break;
      default: return false;
    }
    this.ghost?.scrollIntoView({ block: "nearest", inline: "nearest" });
    event.preventDefault();
    return true;
  }
}
