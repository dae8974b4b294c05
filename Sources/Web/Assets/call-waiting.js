// SPDX-License-Identifier: Apache-2.0
// The waiting room: one's place, how late it is, what the clinic says.

export class Waiting {
  constructor(root, say) {
    this.panel = document.querySelector(".call-wait");
    this.say = say;
    this.starts = new Date(root.dataset.starts);
    if (this.panel) setInterval(() => this.#delay(), 15000);
  }

  show(room) {
    if (!this.panel) return;
    this.panel.hidden = room.state === "admitted";
    this.starts = new Date(room.startsAt);
    const place = this.panel.querySelector(".call-place");
    if (room.place) {
      const words = room.place === 1 ? this.say("sayNext")
        : room.place === 2 ? this.say("sayBeforeOne") : this.say("sayBefore", { n: room.place - 1 });
      if (place.textContent !== words) place.textContent = words;
    }
    this.#delay();
  }

  #delay() {
    const late = Math.floor((Date.now() - this.starts) / 60000);
    const time = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: "numeric", minute: "2-digit" }).format(this.starts);
    const words = late >= 5 ? this.say("sayLate", { n: Math.round(late / 5) * 5 }) : this.say("sayOnTime", { time });
    const line = this.panel.querySelector(".call-delay");
    if (line.textContent !== words) line.textContent = words;
  }

  notice(text, at) {
    if (!this.panel) return;
    const item = document.createElement("li");
    item.className = "notice";
    const time = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: "numeric", minute: "2-digit" }).format(new Date(at));
    item.textContent = `${time} · ${text}`;
    this.panel.querySelector(".call-notices").append(item);
  }
}
