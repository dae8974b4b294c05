// SPDX-License-Identifier: Apache-2.0
// Two taps: each sets a mark, by finger, mouse or keyboard; after the second one the server follows them.

const NAMES = { a: "Mark A", b: "Mark B", 1: "Ruler, point 1", 2: "Ruler, point 2" };

export class Marks {
  pick = null;
  cross = null;

  /** @param send called with the form of the marks when both are set by taps */
  constructor(viewer, send) {
    this.viewer = viewer;
    this.send = send;
    this.form = document.querySelector("[data-marks]");
    this.ruler = document.querySelector("[data-ruler]");
    for (const choice of document.querySelectorAll("[data-pick]")) {
      choice.addEventListener("click", () => this.choose(choice.dataset.pick));
    }
    document.querySelector("[data-two-taps]")?.addEventListener("click", () => { this.both = true; this.choose("a"); });
    for (const field of document.querySelectorAll("[data-marks] input, [data-ruler] input")) {
      field.addEventListener("input", () => viewer.redraw());
    }
    this.form?.addEventListener("submit", (event) => { event.preventDefault(); this.send(this.form); });
  }

  choose(pick) {
    const { viewer } = this;
    viewer.player.play(false);
    this.pick = pick;
    this.cross = this.fields(pick) || [Math.round(viewer.data.width / 2), Math.round(viewer.data.height / 2)];
    viewer.say(`${NAMES[pick]}: tap in the picture, or move the cross with the arrow keys and press Enter. Escape leaves.`);
    viewer.view.tool = {
      down: (point) => { this.cross = point; viewer.redraw(); },
      move: (point) => { this.cross = point; viewer.redraw(); },
      up: (point) => this.put(point),
      key: (event) => this.key(event),
    };
    viewer.view.above.classList.add("picking");
    viewer.view.above.focus({ preventScroll: true });
    viewer.view.above.scrollIntoView({ block: "nearest" });
    viewer.redraw();
  }

  key(event) {
    const far = event.shiftKey ? 10 : 1;
    const move = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key];
    if (move) {
      this.cross = this.inside([this.cross[0] + move[0], this.cross[1] + move[1]]);
      this.viewer.say(`${NAMES[this.pick]}: ${this.cross.map(Math.round).join(", ")}. Enter sets it.`);
      this.viewer.redraw();
    } else if (event.key === "Enter") this.put(this.cross);
    else if (event.key === "Escape") { this.both = false; this.leave(); this.viewer.say(""); }
    else return false;
    return true;
  }

  leave() {
    this.pick = this.cross = null;
    this.viewer.view.tool = null;
    this.viewer.view.above.classList.remove("picking");
    this.viewer.redraw();
  }

  inside([x, y]) {
    const { width, height } = this.viewer.data;
    return [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
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
    const { pick, viewer } = this;
    const set = this.inside(point).map((n) => n.toFixed(1));
    this.inputs(pick).forEach((field, axis) => { if (field) field.value = set[axis]; });
    if (pick === "a" || pick === "b") this.form.elements.frame.value = viewer.player.frame;
    viewer.say(`${NAMES[pick]} is at ${set.join(", ")}.`);
    this.leave();
    const next = { a: "b", 1: "2" }[pick];
    if (next && (this.both || !this.fields(next))) this.choose(next);
    else if (pick === "b" && this.both) { this.both = false; this.send(this.form); }
  }

  layer(view, frame) {
    const { measure } = this.viewer.data;
    if (measure) {
      const [a, b] = [measure.first[frame], measure.second[frame]];
      const lost = measure.perFrame[frame] == null;
      view.path([a, b], "rgb(255 255 255 / .8)", { dashed: lost, width: 1 });
      view.cross(a, "#f0e442", "A", lost);
      view.cross(b, "#56b4e9", "B", lost);
    }
    // Marks that are being set show until they are measured.
    const set = this.form && Number(this.form.elements.frame.value) === frame && !(measure && this.sameMarks());
    for (const pick of ["a", "b"]) {
      const point = set && this.fields(pick);
      if (point) view.cross(point, "#ffffff", pick.toUpperCase());
    }
    for (const pick of ["1", "2"]) {
      const point = this.ruler?.open && this.fields(pick);
      if (point) view.cross(point, "#e69f00", pick);
    }
    if (this.pick && this.cross) view.cross(this.cross, "#ff8c69", "");
  }

  sameMarks() { return [...this.form.elements].every((field) => !field.name || field.value === field.defaultValue); }
}
