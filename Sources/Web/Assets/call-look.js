// SPDX-License-Identifier: Apache-2.0
// Looking together: everybody sees the same frame of a loop, or the same report, and the clinician's pointer. What is shown comes
// with the room, so a page that begins anew finds it; frame and pointer go straight from browser to browser.

export class Look {
  #shown = null;
  #loop = null;
  #pictures = [];
  #frame = 0;
  #timer = null;

  constructor(root, { say, post, pictures, send }) {
    Object.assign(this, { say, post, pictures, send });
    this.leads = root.dataset.role === "clinician";
    this.panel = root.querySelector(".call-shown");
    this.canvas = this.panel.querySelector("canvas");
    this.pointer = this.panel.querySelector(".call-pointer");
    this.slider = this.panel.querySelector("input");
    this.report = this.panel.querySelector(".call-report");
    this.picture = this.panel.querySelector(".call-picture");
    this.stage = root.querySelector(".call-stage");
    if (!this.leads) { this.slider.disabled = true; this.panel.querySelector("[data-act=play]").hidden = true; return; }
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.panel.querySelector("[data-act=play]").addEventListener("click", () => this.#play());
    this.panel.querySelector("[data-act=unshow]")?.addEventListener("click", () => this.post("show", { shown: null }));
    for (const place of [this.picture, this.report]) {
      place.addEventListener("pointermove", (event) => this.#point(place, event));
      place.addEventListener("pointerleave", () => this.#place(null));
    }
    this.canvas.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, ".": 1, ",": -1 }[event.key];
      if (step) { event.preventDefault(); this.go(this.#frame + step); }
      if (event.key === " ") { event.preventDefault(); this.#play(); }
    });
  }

  /** `shown`: what the room says is shown, or nothing. */
  async show(shown) {
    const key = shown ? `${shown.kind}/${shown.id}` : "";
    if (key === this.#shown) return;
    this.#shown = key;
    this.#stop();
    this.panel.hidden = !shown;
    this.stage.classList.toggle("shows", Boolean(shown));
    this.panel.dataset.shown = key;
    if (!shown) return;
    const answer = await fetch(`${this.pictures}/${shown.kind}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || key !== this.#shown) return;
    const thing = await answer.json();
    this.panel.querySelector(".call-shown-name").textContent = thing.name;
    this.picture.hidden = shown.kind !== "loop";
    this.report.hidden = shown.kind !== "report";
    this.panel.querySelector(".call-frames").hidden = shown.kind !== "loop";
    if (shown.kind === "report") return this.#write(thing);
    this.#loop = thing;
    this.#pictures = [];
    Object.assign(this.canvas, { width: thing.width, height: thing.height });
    this.slider.max = thing.times.length - 1;
    this.#frame = 0;
    await this.#draw();
    this.greet();
    // The button lies below the picture that it brings.
    if (this.leads) this.panel.scrollIntoView({ block: "nearest" });
  }

  /** Somebody's line has just opened: they learn where we are. */
  greet() {
    if (this.leads && this.#loop && this.#shown) this.send({ frame: this.#frame, of: this.#shown });
  }

  hear(message) {
    if (this.leads || message.of !== this.#shown) return;
    if (Number.isInteger(message.frame)) this.go(message.frame);
    if ("x" in message) this.#place(message.x === null ? null : { x: Number(message.x), y: Number(message.y) }, false);
  }

  go(frame) {
    if (!this.#loop) return;
    const last = this.#loop.times.length - 1;
    this.#frame = Math.min(last, Math.max(0, frame));
    if (this.leads) this.send({ frame: this.#frame, of: this.#shown });
    this.#draw();
  }

  #play() {
    if (this.#timer) return this.#stop();
    const { times } = this.#loop;
    const mean = times.length > 1 ? (1000 * (times.at(-1) - times[0])) / (times.length - 1) : 40;
    this.#timer = setInterval(() => this.go((this.#frame + 1) % times.length), Math.max(33, mean));
    this.panel.querySelector("[data-act=play]").setAttribute("aria-pressed", "true");
    return undefined;
  }

  #stop() {
    clearInterval(this.#timer);
    this.#timer = null;
    this.panel.querySelector("[data-act=play]").setAttribute("aria-pressed", "false");
  }

  async #load(frame) {
    if (!this.#pictures[frame]) {
      this.#pictures[frame] = (async () => {
        const answer = await fetch(`${this.pictures}/frames/${frame}`);
        if (!answer.ok) throw new Error("no picture");
        return createImageBitmap(await answer.blob());
      })();
      this.#pictures[frame].catch(() => { this.#pictures[frame] = null; });
    }
    return this.#pictures[frame];
  }

  async #draw() {
    const frame = this.#frame;
    const shown = this.#shown;
    let picture;
    try { picture = await this.#load(frame); } catch { return; }
    if (frame !== this.#frame || shown !== this.#shown) return;
    const pen = this.canvas.getContext("2d");
    pen.drawImage(picture, 0, 0);
    const { measure, times } = this.#loop;
    if (measure?.first[frame] && measure.second[frame]) {
      const [[ax, ay], [bx, by]] = [measure.first[frame], measure.second[frame]];
      pen.strokeStyle = "#ffb454";
      pen.lineWidth = Math.max(2, this.canvas.width / 250);
      pen.beginPath();
      pen.moveTo(ax, ay);
      pen.lineTo(bx, by);
      pen.stroke();
      for (const [x, y] of [[ax, ay], [bx, by]]) {
        pen.beginPath();
        pen.arc(x, y, pen.lineWidth * 3, 0, 7);
        pen.stroke();
      }
    }
    this.canvas.dataset.frame = frame;
    this.slider.value = frame;
    this.panel.querySelector(".call-frame").textContent = this.say("sayFrame", { n: frame + 1, m: times.length });
    for (let next = frame + 1; next < Math.min(frame + 6, times.length); next += 1) this.#load(next).catch(() => {});
  }

  #write({ words, overall, rows }) {
    const line = (text) => Object.assign(document.createElement("p"), { textContent: text });
    const table = document.createElement("table");
    const head = (row, textContent, scope) => row.append(Object.assign(document.createElement("th"), { textContent, scope }));
    for (const { name, value } of overall) {
      const row = table.insertRow();
      head(row, name, "row");
      Object.assign(row.insertCell(), { textContent: value, colSpan: 3 });
    }
    const sides = table.insertRow();
    sides.insertCell();
    for (const word of ["sayLeft", "sayRight"]) head(sides, this.say(word), "col");
    sides.insertCell();
    for (const { name, left, right, symmetry } of rows) {
      const row = table.insertRow();
      head(row, name, "row");
      for (const value of [left, right, symmetry]) row.insertCell().textContent = value;
    }
    this.#loop = null;
    this.report.replaceChildren(...words.map(line), table);
  }

  #point(place, event) {
    const box = place.getBoundingClientRect();
    this.#place({ x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
  }

  #place(at, tells = true) {
    if (tells) this.send({ of: this.#shown, x: at?.x ?? null, y: at?.y ?? null });
    this.pointer.hidden = !at || !(at.x >= 0 && at.x <= 1 && at.y >= 0 && at.y <= 1);
    if (this.pointer.hidden) return;
    const place = this.report.hidden ? this.picture : this.report;
    if (this.pointer.parentElement !== place) place.append(this.pointer);
    this.pointer.style.left = `${at.x * 100}%`;
    this.pointer.style.top = `${at.y * 100}%`;
  }
}
