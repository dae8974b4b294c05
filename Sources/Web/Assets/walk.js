// SPDX-License-Identifier: Apache-2.0
// A figure of points and sticks that walks, drawn on a canvas. Drag or arrow keys turn it, space plays, comma and full stop step.
//
// The element [data-walk] names a JSON document:
//   {"rate": Hz, "names": [String], "segments": [[a, b]], "frames": [[[x, y, z] | null]], "up": "x" | "y" | "z",
//    "startTimeSeconds": s, "strides": [{"side", "start", "end"}], "forces": [[[x, y, z, Fx, Fy, Fz]]], "plates": [[[x, y, z]]]}
//
// The curves inside [data-curves] share its moment: a line in each shows how far the leg is in its stride, and pressing on a
// curve shows the figure at that moment.

for (const place of document.querySelectorAll("[data-walk]")) {
  fetch(place.dataset.walk, { headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(String(response.status)))))
    .then((recording) => new Walk(place, recording))
    .catch(() => {
      const sorry = document.createElement("p");
      sorry.className = "fallback";
      sorry.textContent = `${place.dataset.sayAway} ${place.dataset.text}`;
      place.replaceChildren(sorry);
    });
}

class Walk {
  frame = 0;
  playing = false;
  speed = 1;
  yaw = 0.6;
  pitch = 0.16;
  zoom = 1;

  constructor(place, recording) {
    this.rate = recording.rate;
    this.segments = recording.segments;
    this.side = recording.names.map((name) => (/^(l|left)/i.test(name) ? "left" : /^(r|right)/i.test(name) ? "right" : "middle"));
    this.frames = upright(recording);
    this.forces = recording.forces || [];
    this.plates = recording.plates || [];
    this.strides = recording.strides || [];
    this.start = recording.startTimeSeconds || 0;
    this.curves = [...document.querySelectorAll("[data-curves] svg")];
    if (this.frames.length === 0) throw new Error("no frames");
    this.measure();
    this.build(place);
    this.readColours();
    this.look("side");
    this.listen();
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.readColours());
    addEventListener("beforeprint", () => { this.play(false); this.readColours(); });
    addEventListener("afterprint", () => this.readColours());
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
      new IntersectionObserver(([entry], observer) => {
        if (entry.isIntersecting) { this.play(true); observer.disconnect(); }
      }, { threshold: 0.5 }).observe(this.canvas);
    }
  }

  /** Size, floor, direction of the walk, and a calm path for the eye to follow. */
  measure() {
    let low = Infinity, high = -Infinity;
    let before = [0, 0, 0];
    const centres = this.frames.map((points) => {
      const seen = points.filter(Boolean);
      for (const p of seen) { low = Math.min(low, p[2]); high = Math.max(high, p[2]); }
      if (seen.length > 0) before = [0, 1].map((axis) => seen.reduce((sum, p) => sum + p[axis], 0) / seen.length);
      return before;
    });
    const reach = Math.max(1, Math.round(this.rate / 3));
    this.centres = centres.map((_, i) => {
      const near = centres.slice(Math.max(0, i - reach), i + reach + 1);
      return [0, 1].map((axis) => near.reduce((sum, c) => sum + c[axis], 0) / near.length);
    });
    this.floor = Number.isFinite(low) ? low : 0;
    this.height = Math.max(high - low, 1e-6);
    const first = this.centres[0], last = this.centres[this.centres.length - 1];
    const way = [last[0] - first[0], last[1] - first[1]];
    this.heading = Math.hypot(...way) > this.height * 0.2 ? Math.atan2(way[1], way[0]) : 0;
    this.grid = this.height > 50 ? 500 : 0.5;
  }

  build(place) {
    const say = (this.say = place.dataset);
    this.canvas = make("canvas", { tabIndex: 0 });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-roledescription", say.sayFigure);
    this.canvas.setAttribute("aria-label", `${say.text} ${say.sayKeys}`);
    this.pen = this.canvas.getContext("2d");

    this.playButton = button(say.sayPlay, () => this.play(!this.playing));
    const back = button(say.sayBack, () => this.step(-1));
    const forth = button(say.sayForward, () => this.step(1));
    this.slider = make("input", { type: "range", min: 0, max: this.frames.length - 1, step: 1, value: 0 });
    this.slider.setAttribute("aria-label", say.sayMoment);
    this.slider.addEventListener("input", () => { this.play(false); this.show(Number(this.slider.value)); });
    const speed = make("select", {});
    speed.setAttribute("aria-label", say.saySpeed);
    for (const [text, value] of [[say.sayFullSpeed, 1], [say.sayHalfSpeed, 0.5], [say.sayQuarterSpeed, 0.25]]) {
      speed.append(make("option", { textContent: text, value }));
    }
    speed.addEventListener("change", () => { this.speed = Number(speed.value); });
    this.views = [["front", say.sayFront], ["side", say.saySide], ["top", say.sayTop]].map(([name, text]) => {
      const view = button(text, () => this.look(name));
      view.dataset.view = name;
      return view;
    });
    this.clock = make("span", { className: "figures small quiet" });
    const line = (...parts) => { const row = make("div", { className: "controls" }); row.append(...parts); return row; };
    place.replaceChildren(this.canvas, line(this.playButton, back, forth, this.slider, this.clock), line(...this.views, speed));

    this.canvas.addEventListener("keydown", (event) => this.key(event));
    let held = null;
    this.canvas.addEventListener("pointerdown", (event) => {
      held = [event.clientX, event.clientY];
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!held) return;
      this.turn((event.clientX - held[0]) * 0.01, (event.clientY - held[1]) * 0.01);
      held = [event.clientX, event.clientY];
    });
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => { held = null; });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      ArrowLeft: () => this.turn(-0.1, 0), ArrowRight: () => this.turn(0.1, 0),
      ArrowUp: () => this.turn(0, 0.1), ArrowDown: () => this.turn(0, -0.1),
      " ": () => this.play(!this.playing), ",": () => this.step(-1), ".": () => this.step(1),
      Home: () => this.show(0), End: () => this.show(this.frames.length - 1),
      "+": () => this.enlarge(1.15), "=": () => this.enlarge(1.15), "-": () => this.enlarge(1 / 1.15),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  look(name) {
    const angles = { front: [this.heading, 0.1], side: [this.heading - Math.PI / 2, 0.1], top: [this.heading - Math.PI / 2, 1.5] };
    [this.yaw, this.pitch] = angles[name];
    this.mark(name);
    this.draw();
  }

  turn(across, up) {
    this.yaw -= across;
    this.pitch = Math.min(1.55, Math.max(-0.3, this.pitch + up));
    this.mark(null);
    this.draw();
  }

  enlarge(factor) {
    this.zoom = Math.min(4, Math.max(0.5, this.zoom * factor));
    this.draw();
  }

  mark(name) {
    for (const view of this.views) view.setAttribute("aria-pressed", String(view.dataset.view === name));
  }

  play(on) {
    if (this.playing === on) return;
    this.playing = on;
    this.playButton.textContent = on ? this.say.sayPause : this.say.sayPlay;
    let before = null;
    const tick = (now) => {
      if (!this.playing) return;
      if (before !== null) this.show((this.frame + ((now - before) / 1000) * this.rate * this.speed) % this.frames.length);
      before = now;
      requestAnimationFrame(tick);
    };
    if (on) requestAnimationFrame(tick);
  }

  step(by) {
    this.play(false);
    const count = this.frames.length;
    this.show((Math.floor(this.frame) + by + count) % count);
  }

  show(frame) {
    this.frame = frame;
    const whole = Math.floor(frame);
    this.slider.value = whole;
    this.canvas.dataset.frame = whole;
    const seconds = (n) => (n / this.rate).toFixed(2);
    this.point();
    this.clock.textContent = this.say.sayClock.replace("{now}", seconds(whole)).replace("{all}", seconds(this.frames.length - 1));
    this.draw();
  }

  /** A press on a curve shows the figure at that moment of the stride that is nearest to what is shown. */
  listen() {
    for (const curve of this.curves) {
      const [from, to] = [Number(curve.dataset.from), Number(curve.dataset.to)];
      const go = (event) => {
        const box = curve.getBoundingClientRect();
        const part = ((event.clientX - box.left) / box.width * curve.viewBox.baseVal.width - from) / (to - from);
        const now = this.start + this.frame / this.rate;
        const middle = (stride) => Math.abs((stride.start + stride.end) / 2 - now);
        const stride = [...this.strides].sort((a, b) => middle(a) - middle(b))[0];
        if (!stride || part < 0 || part > 1) return;
        this.play(false);
        const frame = Math.round((stride.start + part * (stride.end - stride.start) - this.start) * this.rate);
        this.show(Math.min(this.frames.length - 1, Math.max(0, frame)));
      };
      curve.addEventListener("pointerdown", go);
      curve.addEventListener("pointermove", (event) => { if (event.buttons === 1) go(event); });
    }
  }

  /** The curves' lines stand where each leg is in its stride; a leg outside of its strides has none. */
  point() {
    const now = this.start + this.frame / this.rate;
    const place = {};
    for (const { side, start, end } of this.strides) {
      if (now >= start && now <= end) place[side] = (now - start) / (end - start);
    }
    for (const curve of this.curves) {
      const [from, to] = [Number(curve.dataset.from), Number(curve.dataset.to)];
      for (const side of ["left", "right"]) {
        const line = curve.querySelector(`.cursor.${side}`);
        line?.classList.toggle("on", side in place);
        if (!line || !(side in place)) continue;
        const x = (from + place[side] * (to - from)).toFixed(1);
        line.setAttribute("x1", x);
        line.setAttribute("x2", x);
      }
    }
  }

  readColours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    this.colours = { left: colour("--left"), right: colour("--right"), middle: colour("--ink"), line: colour("--line"), force: colour("--clay"), plate: colour("--edge") };
    this.resize();
  }

  resize() {
    const ratio = Math.min(3, devicePixelRatio || 1);
    this.canvas.width = Math.max(1, Math.round(this.canvas.clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(this.canvas.clientHeight * ratio));
    this.show(this.frame);
  }

  draw() {
    const { pen, canvas } = this;
    const index = Math.floor(this.frame);
    const points = this.frames[index], centre = this.centres[index];
    const size = (Math.min(canvas.height * 0.72, canvas.width * 0.9) / this.height) * this.zoom;
    const distance = this.height * 5;
    const sinYaw = Math.sin(this.yaw), cosYaw = Math.cos(this.yaw), sinPitch = Math.sin(this.pitch), cosPitch = Math.cos(this.pitch);
    // The eye stands at `yaw` around the figure, `pitch` above the floor, and looks at its middle.
    const project = (p) => {
      const x = p[0] - centre[0], y = p[1] - centre[1], z = p[2] - this.floor - this.height / 2;
      const toward = x * cosYaw + y * sinYaw;
      const across = -x * sinYaw + y * cosYaw;
      const near = toward * cosPitch + z * sinPitch;
      const scale = (size * distance) / Math.max(distance - near, distance * 0.2);
      return { x: canvas.width / 2 + across * scale, y: canvas.height / 2 - (z * cosPitch - toward * sinPitch) * scale, near, scale: scale / size };
    };
    pen.clearRect(0, 0, canvas.width, canvas.height);
    const unit = Math.max(1, canvas.height / 400);
    this.drawFloor(project, centre, unit);
    this.drawPlates(project, unit);
    const seen = points.map((p) => p && project(p));
    const sticks = this.segments.filter(([a, b]) => seen[a] && seen[b]).sort((s, t) => depth(seen, s) - depth(seen, t));
    pen.lineCap = "round";
    for (const [a, b] of sticks) {
      const side = this.side[a] === this.side[b] ? this.side[a] : "middle";
      pen.strokeStyle = this.colours[side];
      pen.lineWidth = 3.4 * unit * seen[a].scale;
      pen.beginPath();
      pen.moveTo(seen[a].x, seen[a].y);
      pen.lineTo(seen[b].x, seen[b].y);
      pen.stroke();
    }
    seen.forEach((p, i) => {
      if (!p) return;
      pen.fillStyle = this.colours[this.side[i]];
      pen.beginPath();
      pen.arc(p.x, p.y, 3.2 * unit * p.scale, 0, 2 * Math.PI);
      pen.fill();
    });
  }

  drawPlates(project, unit) {
    const { pen } = this;
    pen.strokeStyle = this.colours.plate;
    pen.lineWidth = 1.4 * unit;
    for (const corners of this.plates) {
      pen.beginPath();
      for (const [index, corner] of [...corners, corners[0]].entries()) {
        const p = project(corner);
        if (index === 0) pen.moveTo(p.x, p.y); else pen.lineTo(p.x, p.y);
      }
      pen.stroke();
    }
    // One millimetre a newton: a body's weight is about as tall as half of its person.
    pen.strokeStyle = this.colours.force;
    pen.lineWidth = 3 * unit;
    for (const [x, y, z, fx, fy, fz] of this.forces[Math.floor(this.frame)] || []) {
      const foot = project([x, y, z]), tip = project([x + fx, y + fy, z + fz]);
      const length = Math.hypot(tip.x - foot.x, tip.y - foot.y);
      if (length < 1) continue;
      const [ux, uy] = [(tip.x - foot.x) / length, (tip.y - foot.y) / length], head = Math.min(length, 9 * unit);
      pen.beginPath();
      pen.moveTo(foot.x, foot.y);
      pen.lineTo(tip.x, tip.y);
      pen.moveTo(tip.x - (ux - 0.5 * uy) * head, tip.y - (uy + 0.5 * ux) * head);
      pen.lineTo(tip.x, tip.y);
      pen.lineTo(tip.x - (ux + 0.5 * uy) * head, tip.y - (uy - 0.5 * ux) * head);
      pen.stroke();
    }
  }

  drawFloor(project, centre, unit) {
    const { pen, grid, floor } = this;
    const reach = Math.ceil((this.height * 1.3) / grid);
    const around = centre.map((c) => Math.round(c / grid));
    pen.strokeStyle = this.colours.line;
    pen.lineWidth = unit;
    pen.beginPath();
    for (let n = -reach; n <= reach; n++) {
      for (const axis of [0, 1]) {
        const end = (m) => {
          const p = [0, 0, floor];
          p[axis] = (around[axis] + n) * grid;
          p[1 - axis] = (around[1 - axis] + m) * grid;
          return project(p);
        };
        const from = end(-reach), to = end(reach);
        pen.moveTo(from.x, from.y);
        pen.lineTo(to.x, to.y);
      }
    }
    pen.stroke();
  }
}

/** The frames with the third coordinate upward. */
function upright({ frames, up }) {
  const order = { x: [1, 2, 0], y: [2, 0, 1], z: [0, 1, 2] }[up || "z"];
  return frames.map((points) => points.map((p) => p && order.map((axis) => p[axis])));
}

function depth(seen, [a, b]) {
  return seen[a].near + seen[b].near;
}

function make(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

function button(text, action) {
  const made = make("button", { type: "button", className: "soft", textContent: text });
  made.addEventListener("click", action);
  return made;
}
