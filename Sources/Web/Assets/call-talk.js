// SPDX-License-Identifier: Apache-2.0
// Messages beside the call. What is typed while the server is away is shown as being sent, and takes its place once it arrived.

export class Talk {
  #pending = new Map();

  constructor(root, { me, say, name, send }) {
    Object.assign(this, { root, me, say, name });
    this.panel = root.querySelector(".call-chat");
    this.list = root.querySelector(".call-messages");
    const form = root.querySelector(".call-write");
    const field = form.querySelector("input");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text) return;
      field.value = "";
      const client = send(text);
      const item = this.#add(this.me, text, new Date());
      item.classList.add("pending");
      item.querySelector("small").textContent = say("saySending");
      this.#pending.set(client, item);
    });
    // A page that begins anew shows what was said before; the names come with the room.
    for (const each of root.querySelectorAll(".call-said")) {
      const { from, body, at } = JSON.parse(each.dataset.said);
      this.#add(from, body.text, new Date(at));
    }
  }

  hear({ from, text, client, at }) {
    // In the order of the room, which is everybody's.
    this.#pending.get(client)?.remove();
    this.#pending.delete(client);
    const item = this.#add(from, text, new Date(at));
    for (const pending of this.#pending.values()) this.list.append(pending);
    if (from !== this.me && this.panel.hidden) this.toggle(true);
    item.scrollIntoView({ block: "nearest" });
  }

  #add(from, text, at) {
    const item = document.createElement("li");
    item.className = from === this.me ? "mine" : "";
    const head = document.createElement("small");
    const time = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: "numeric", minute: "2-digit" }).format(at);
    head.textContent = `${from === this.me ? this.say("sayYou") : this.name(from)} ${time}`.trim();
    const words = document.createElement("span");
    words.textContent = text;
    item.append(head, words);
    this.list.append(item);
    return item;
  }

  toggle(isShown = this.panel.hidden) {
    this.panel.hidden = !isShown;
    this.root.querySelector("[data-act=chat]").setAttribute("aria-expanded", String(isShown));
  }
}
