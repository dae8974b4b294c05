// SPDX-License-Identifier: Apache-2.0
// Plays a loop frame by frame, sets marks in it, and moves one cursor through picture and curve.
//
//   data-frames="…/frames/"   PNG of each frame, by number
//   data-source="…/data"      {times: [s], measure: null | {unit, perFrame, error95, first: [[x, y]], second}}

for (const place of document.querySelectorAll(".loop[data-frames]")) {
  fetch(place.dataset.source, { headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
    .then((data) => new Loop(place, data))
    .catch(() => {
      const sorry = make("p", { className: "notice warn", textContent: "The loop could not be loaded. Reload the page to try again." });
      place.append(sorry);
    });
}

class Loop {
  frame = 0;
  playing = false;
  speed = 1;
  pick = null;
  cross = null;

  constructor(place, data) {
    this.times = data.times;
    this.measure = data.measure;
    this.count = Number(place.dataset.last) + 1;
    this.width = Number(place.dataset.width);
    this.height = Number(place.dataset.height);
    this.pictures = new Array(this.count).fill(null);
    this.form = document.querySelector("[data-marks]");
    this.ruler = document.querySelector("[data-ruler]");
    this.curve = document.querySelector(".curve svg");
    this.now = document.querySelector(".curve-now");
    document.documentElement.classList.add("scripted");
    this.build(place);
    this.listen();
    this.load(place.dataset.frames);
    this.show(Math.min(this.count - 1, Number(this.form?.elements.frame.value) || 0));
  }

  build(place) {
    this.canvas = make("canvas", { tabIndex: 0, width: this.width, height: this.height });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-roledescription", "ultrasound loop");
    this.canvas.setAttribute("aria-label", `${place.dataset.text}. Space plays and pauses, comma and full stop step, Home and End jump.`);
    this.pen = this.canvas.getContext("2d");
    this.playButton = button("Play", () => this.play(!this.playing));
    const back = button("Back", () => this.step(-1));
    const forth = button("Forward", () => this.step(1));
    this.slider = make("input", { type: "range", min: 0, max: this.count - 1, step: 1 });
    this.slider.setAttribute("aria-label", "Frame");
    this.slider.addEventListener("input", () => { this.play(false); this.show(Number(this.slider.value)); });
    const speed = make("select", {});
    speed.setAttribute("aria-label", "Speed");
    for (const [text, value] of [["Full speed", 1], ["Half speed", 0.5], ["Quarter speed", 0.25]]) {
      speed.append(make("option", { textContent: text, value }));
    }
    speed.addEventListener("change", () => { this.speed = Number(speed.value); });
    this.clock = make("span", { className: "figures small quiet" });
    this.status = make("p", { className: "loop-status small" });
    this.status.setAttribute("role", "status");
    const controls = make("div", { className: "controls" });
    controls.append(this.playButton, back, forth, this.slider, speed, this.clock);
    place.replaceChildren(this.canvas, this.status, controls);
  }

  listen() {
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("pointerdown", (event) => {
      if (!this.pick) return;
      event.preventDefault();
      const box = this.canvas.getBoundingClientRect();
      // The centre of the first pixel is 0.
      this.put([((event.clientX - box.left) / box.width) * this.width - 0.5, ((event.clientY - box.top) / box.height) * this.height - 0.5]);
    });
    for (const choice of document.querySelectorAll("[data-pick]")) {
      choice.addEventListener("click", () => this.choose(choice.dataset.pick));
    }
    for (const field of document.querySelectorAll("[data-marks] input, [data-ruler] input")) {
      field.addEventListener("input", () => this.draw());
    }
    if (this.curve) {
      const scrub = (event) => {
        if (event.type === "pointermove" && event.buttons === 0) return;
        const box = this.curve.getBoundingClientRect();
        const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
        this.play(false);
        this.show(this.nearest(this.times[0] + part * (this.times[this.count - 1] - this.times[0])));
      };
      this.curve.addEventListener("pointerdown", scrub);
      this.curve.addEventListener("pointermove", scrub);
    }
  }

  /** Loads frames a few at a time, those near the shown one first. */
  async load(base) {
    const wanted = () => {
      let best = -1, nearest = Infinity;
      for (let n = 0; n < this.count; n++) {
        if (this.pictures[n]) continue;
        const ahead = (n - this.frame + this.count) % this.count;
        if (ahead < nearest) { nearest = ahead; best = n; }
      }
      return best;
    };
    const work = async () => {
      for (let n = wanted(); n >= 0; n = wanted()) {
        this.pictures[n] = "coming";
        try {
          const response = await fetch(base + n);
          if (!response.ok) throw new Error(String(response.status));
          this.pictures[n] = await createImageBitmap(await response.blob());
          if (n === this.frame) this.draw();
        } catch {
          this.say("Some frames could not be loaded. Reload the page to try again.");
          return;
        }
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    this.canvas.dataset.loaded = String(this.pictures.filter((p) => p && p !== "coming").length);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const far = event.shiftKey ? 10 : 1;
    const move = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key];
    if (this.pick && move) {
      this.cross = [clamp(this.cross[0] + move[0], this.width), clamp(this.cross[1] + move[1], this.height)];
      this.say(`${this.name()}: ${this.cross.map(Math.round).join(", ")}. Enter sets it.`);
      this.draw();
    } else if (this.pick && event.key === "Enter") this.put(this.cross);
    else if (this.pick && event.key === "Escape") { this.pick = this.cross = null; this.say(""); this.draw(); }
    else if (event.key === " ") this.play(!this.playing);
    else if (event.key === "," || event.key === "ArrowLeft") this.step(-1);
    else if (event.key === "." || event.key === "ArrowRight") this.step(1);
    else if (event.key === "Home") { this.play(false); this.show(0); }
    else if (event.key === "End") { this.play(false); this.show(this.count - 1); }
    else return;
    event.preventDefault();
  }

  name() { return { a: "Mark A", b: "Mark B", 1: "Ruler, point 1", 2: "Ruler, point 2" }[this.pick]; }

  choose(pick) {
    this.play(false);
    this.pick = pick;
    this.cross = this.fields(pick) || [Math.round(this.width / 2), Math.round(this.height / 2)];
    this.say(`${this.name()}: click in the picture, or move the cross with the arrow keys and press Enter. Escape leaves.`);
    this.canvas.focus({ preventScroll: true });
    this.canvas.scrollIntoView({ block: "nearest" });
    this.draw();
  }

  inputs(pick) {
    return pick === "a" || pick === "b"
      ? ["x", "y"].map((axis) => this.form?.elements[pick + axis])
      : ["x", "y"].map((axis) => this.ruler?.querySelector(`[name="${axis}${pick}"]`));
  }

  /** What a pair of fields says, if it says a place. */
  fields(pick) {
    const values = this.inputs(pick).map((field) => (field && field.value.trim() !== "" ? Number(field.value) : NaN));
    return values.every(Number.isFinite) ? values : null;
  }

  put(point) {
    const set = [clamp(point[0], this.width), clamp(point[1], this.height)].map((n) => n.toFixed(1));
    this.inputs(this.pick).forEach((field, axis) => { if (field) field.value = set[axis]; });
    if (this.pick === "a" || this.pick === "b") this.form.elements.frame.value = this.frame;
    this.say(`${this.name()} is at ${set.join(", ")}${this.pick === "a" ? ". Now set mark B." : "."}`);
    const next = { a: "b", 1: "2" }[this.pick];
    this.pick = this.cross = null;
    if (next && !this.fields(next)) this.choose(next);
    this.draw();
  }

  play(on) {
    if (this.playing === on) return;
    this.playing = on;
    this.playButton.textContent = on ? "Pause" : "Play";
    if (!on) return;
    const first = this.times[0], length = this.times[this.count - 1] - first + this.pause();
    let moment = this.times[this.frame] - first, before = null;
    const tick = (now) => {
      if (!this.playing) return;
      if (before !== null) moment = (moment + ((now - before) / 1000) * this.speed) % length;
      before = now;
      this.show(this.nearest(first + moment));
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  /** The usual time from one frame to the next. */
  pause() { return this.count > 1 ? (this.times[this.count - 1] - this.times[0]) / (this.count - 1) : 1; }

  /** The last frame that was taken by that time. */
  nearest(time) {
    let low = 0, high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle] <= time + 1e-9) low = middle; else high = middle - 1;
    }
    return low;
  }

  step(by) {
    this.play(false);
    this.show((this.frame + by + this.count) % this.count);
  }

  show(frame) {
    this.frame = frame;
    this.slider.value = frame;
    // What the page waits with is not something that the reader typed.
    this.slider.defaultValue = String(frame);
    this.canvas.dataset.frame = String(frame);
    const seconds = (n) => (this.times[n] - this.times[0]).toFixed(2);
    this.clock.textContent = `${frame} of ${this.count - 1}, ${seconds(frame)} s`;
    this.slider.setAttribute("aria-valuetext", `frame ${frame}, ${seconds(frame)} seconds`);
    const cursor = this.curve?.querySelector(".cursor");
    if (cursor) {
      const span = this.times[this.count - 1] - this.times[0] || 1;
      cursor.setAttribute("d", `M${(((this.times[frame] - this.times[0]) / span) * 1000).toFixed(1)} 0V300`);
      const value = this.measure?.perFrame[frame];
      this.now.textContent = value == null ? `${seconds(frame)} s: a mark is lost` : `${seconds(frame)} s: ${value.toFixed(1)} ${this.measure.unit}`;
    }
    this.draw();
  }

  say(text) { this.status.textContent = text; }

  draw() {
    const { pen } = this;
    const picture = this.pictures[this.frame];
    if (picture && picture !== "coming") pen.drawImage(picture, 0, 0);
    else { pen.fillStyle = "#000"; pen.fillRect(0, 0, this.width, this.height); }
    this.canvas.classList.toggle("picking", this.pick !== null);
    const unit = Math.max(1, this.width / 500);
    if (this.measure) {
      const a = this.measure.first[this.frame], b = this.measure.second[this.frame];
      const known = this.measure.perFrame[this.frame] != null;
      this.line(a, b, unit, known);
      this.mark(a, "#f0e442", "A", unit, known);
      this.mark(b, "#56b4e9", "B", unit, known);
    }
    // Marks that are being set show until they are measured.
    const frame = Number(this.form?.elements.frame.value);
    for (const [pick, colour] of [["a", "#ffffff"], ["b", "#ffffff"]]) {
      const point = this.fields(pick);
      const followed = this.measure && this.sameMarks();
      if (point && frame === this.frame && !followed) this.mark(point, colour, pick.toUpperCase(), unit, true);
    }
    for (const pick of ["1", "2"]) {
      const point = this.ruler?.open && this.fields(pick);
      if (point) this.mark(point, "#e69f00", pick, unit, true);
    }
    if (this.pick && this.cross) this.mark(this.cross, "#ff8c69", "", unit * 1.4, true);
  }

  sameMarks() {
    return [...this.form.elements].every((field) => !field.name || field.value === field.defaultValue);
  }

  line(a, b, unit, known) {
    const { pen } = this;
    pen.strokeStyle = "rgb(255 255 255 / .75)";
    pen.lineWidth = unit;
    pen.setLineDash(known ? [] : [4 * unit, 4 * unit]);
    pen.beginPath();
    pen.moveTo(a[0] + 0.5, a[1] + 0.5);
    pen.lineTo(b[0] + 0.5, b[1] + 0.5);
    pen.stroke();
    pen.setLineDash([]);
  }

  mark([x, y], colour, letter, unit, known) {
    const { pen } = this;
    for (const [stroke, width] of [["rgb(0 0 0 / .7)", 3.5 * unit], [colour, 1.6 * unit]]) {
      pen.strokeStyle = stroke;
      pen.lineWidth = width;
      pen.setLineDash(known ? [] : [2 * unit, 2 * unit]);
      pen.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        pen.moveTo(x + 0.5 + dx * 4 * unit, y + 0.5 + dy * 4 * unit);
        pen.lineTo(x + 0.5 + dx * 12 * unit, y + 0.5 + dy * 12 * unit);
      }
      pen.stroke();
      pen.setLineDash([]);
    }
    pen.font = `600 ${14 * unit}px sans-serif`;
    pen.lineWidth = 3 * unit;
    pen.strokeStyle = "rgb(0 0 0 / .7)";
    pen.strokeText(letter, x + 7 * unit, y - 7 * unit);
    pen.fillStyle = colour;
    pen.fillText(letter, x + 7 * unit, y - 7 * unit);
  }
}

function clamp(value, size) { return Math.min(size - 1, Math.max(0, value)); }

function make(name, properties) { return Object.assign(document.createElement(name), properties); }

function button(text, action) {
  const made = make("button", { type: "button", className: "soft", textContent: text });
  made.addEventListener("click", action);
  return made;
}
