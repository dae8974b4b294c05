// SPDX-License-Identifier: Apache-2.0
// The line to the clinic's server: what is said there comes as server-sent events, each once and in order; what is said here goes
// by POST, in order, and is sent again under its own name until the server has taken it.

const SILENCE = 40000;

export class Wire {
  #source = null;
  #queue = [];
  #isSending = false;
  #heardAt = 0;
  #count = 0;
  #isClosed = false;

  /** `hear` gets ("room" | "signal" | "gone" | "line", value). */
  constructor(base, after, hear) {
    this.base = base;
    this.after = Number(after) || 0;
    this.hear = hear;
    this.page = crypto.randomUUID();
    this.#open();
    this.timer = setInterval(() => this.#watch(), 2000);
    window.addEventListener("online", () => this.#open());
  }

  // A browser comes back by itself after a broken line, but not after an answer other than 200, which a proxy may give while the
  // server starts; and it does not notice a line that died without a word.
  #watch() {
    if (this.#isClosed) return;
    const isDead = this.#source?.readyState === EventSource.CLOSED || Date.now() - this.#heardAt > SILENCE;
    if (isDead) this.#open();
  }

  #open() {
    if (this.#isClosed) return;
    this.#source?.close();
    this.#heardAt = Date.now();
    const source = new EventSource(`${this.base}/events?after=${this.after}`);
    this.#source = source;
    const on = (name, act) => source.addEventListener(name, (event) => {
      if (source !== this.#source) return;
      this.#heardAt = Date.now();
      if (event.lastEventId) this.after = Math.max(this.after, Number(event.lastEventId));
      act(event.data);
    });
    on("here", () => this.#line(true));
    on("room", (data) => { this.#line(true); this.hear("room", JSON.parse(data)); });
    on("signal", (data) => { this.#line(true); this.hear("signal", JSON.parse(data)); });
    on("gone", () => { this.close(); this.hear("gone"); });
    source.addEventListener("error", () => { if (source === this.#source) this.#line(false); });
  }

  #isUp = null;
  #line(isUp) {
    if (isUp && this.#isUp !== true) this.#flush();
    if (this.#isUp !== isUp) this.hear("line", isUp);
    this.#isUp = isUp;
  }

  /** Says something; its own name is given back. */
  send(kind, body, to) {
    const id = `${this.page}-${(this.#count += 1)}`;
    this.#queue.push({ id, kind, body, ...(to ? { to } : {}) });
    this.#flush();
    return id;
  }

  async #flush() {
    if (this.#isSending || this.#isClosed) return;
    this.#isSending = true;
    let pause = 300;
    let most = 30;
    while (this.#queue.length && !this.#isClosed) {
      const part = this.#queue.slice(0, most);
      let wait = 0;
      try {
        const answer = await fetch(`${this.base}/signals`, {
          method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" },
          body: JSON.stringify({ messages: part }),
        });
        if (answer.ok) {
          this.#queue.splice(0, part.length);
          pause = 300;
        } else if (answer.status === 429) {
          wait = (Number(answer.headers.get("Retry-After")) || 1) * 1000;
        } else if (answer.status >= 500) {
          wait = pause;
        } else if (part.length > 1) {
          // One of them is refused; the others must not suffer for it.
          most = 1;
        } else {
          const [refused] = this.#queue.splice(0, 1);
          this.hear("refused", refused);
        }
      } catch {
        wait = pause;
      }
      if (wait) {
        pause = Math.min(pause * 1.6, 2000);
        await new Promise((resolve) => { setTimeout(resolve, wait); });
      }
    }
    this.#isSending = false;
  }

  /** Asks something else of the server, once. */
  post(path, body, method = "POST") {
    return fetch(`${this.base}/${path}`, {
      method, headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body ?? {}),
    });
  }

  close() {
    this.#isClosed = true;
    clearInterval(this.timer);
    this.#source?.close();
  }
}
