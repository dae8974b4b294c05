// SPDX-License-Identifier: Apache-2.0
// Distances, areas, angles and notes: drawn by tapping, with their value at once, and kept by the form beside the picture.

const NEEDED = { distance: 2, angle: 3, note: 1, area: Infinity };
const COLOURS = { distance: "#7fdbca", area: "#c3a6ff", angle: "#ffcb6b", note: "#ffffff" };

export class Drawing {
  points = [];
  kind = null;

  constructor(viewer) {
    this.viewer = viewer;
    this.form = document.querySelector("[data-annotation]");
    if (!this.form) return;
    for (const choice of document.querySelectorAll("[data-draw]")) {
      choice.addEventListener("click", () => this.begin(choice.dataset.draw));
    }
    document.querySelector("[data-draw-done]")?.addEventListener("click", () => this.end());
  }

  begin(kind) {
    const { viewer } = this;
    viewer.player.play(false);
    this.kind = kind;
    this.points = [];
    this.form.elements.kind.value = kind;
    const words = { distance: "Tap both ends.", angle: "Tap one leg, the corner, the other leg.", note: "Tap the place.", area: "Tap around it; then press Done or Enter." };
    viewer.say(`${words[kind]} Escape leaves.`);
    viewer.view.tool = {
      down: () => {}, up: (point) => this.add(point),
      key: (event) => {
        if (event.key === "Escape") { this.points = []; this.leave(); viewer.say(""); return true; }
        if (event.key === "Enter") { this.end(); return true; }
        if (event.key === "Backspace") { this.points.pop(); viewer.redraw(); return true; }
        return false;
      },
    };
    viewer.view.above.classList.add("picking");
    viewer.view.above.focus({ preventScroll: true });
    viewer.view.above.scrollIntoView({ block: "nearest" });
  }

  add(point) {
    this.points.push(point);
    if (this.points.length >= NEEDED[this.kind]) this.end(); else this.viewer.redraw();
  }

  end() {
    const { form, points, viewer } = this;
    if (this.kind === "area" && points.length < 3) { viewer.say("An area has at least three corners."); return; }
    form.elements.points.value = points.map((point) => point.map((n) => n.toFixed(1)).join(",")).join(" ");
    form.elements.frame.value = viewer.player.frame;
    viewer.say(`${value(this.kind, points, viewer.data.spacing)} Say what it is, then press Keep.`.trim());
    this.leave();
    form.elements[this.kind === "note" ? "text" : "meaning"].focus({ preventScroll: false });
  }

  leave() {
    this.viewer.view.tool = null;
    this.viewer.view.above.classList.remove("picking");
    this.viewer.redraw();
  }

  layer(view, frame) {
    for (const kept of this.viewer.data.annotations) {
      if (kept.frame === frame) draw(view, kept.kind, kept.points, kept.kind === "note" ? kept.text : `${kept.label} ${kept.value}`);
    }
    if (this.kind && this.points.length > 0) {
      draw(view, this.kind, this.points, value(this.kind, this.points, this.viewer.data.spacing), true);
    }
  }
}

function draw(view, kind, points, words, open = false) {
  const colour = COLOURS[kind];
  if (points.length > 1) view.path(points, colour, { closed: kind === "area" && !open });
  for (const point of points) if (kind === "note" || open || kind === "distance") view.cross(point, colour, "");
  view.text(points[kind === "angle" && points.length > 1 ? 1 : points.length - 1], words, colour);
}

/** The value in words: millimetres only where the loop has a scale. */
export function value(kind, points, spacing) {
  const [sx, sy] = spacing || [1, 1];
  if (kind === "distance" && points.length === 2) {
    const length = Math.hypot((points[1][0] - points[0][0]) * sx, (points[1][1] - points[0][1]) * sy);
    return `${length.toFixed(1)} ${spacing ? "mm" : "px, uncalibrated"}`;
  }
  if (kind === "angle" && points.length === 3) {
    const to = (point) => Math.atan2((point[1] - points[1][1]) * sy, (point[0] - points[1][0]) * sx);
    const turn = (Math.abs(to(points[0]) - to(points[2])) * 180) / Math.PI;
    return `${(turn > 180 ? 360 - turn : turn).toFixed(0)}°`;
  }
  if (kind === "area" && points.length > 2) {
    let twice = 0;
    points.forEach(([x, y], index) => {
      const next = points[(index + 1) % points.length];
      twice += x * next[1] - next[0] * y;
    });
    return `${((Math.abs(twice) / 2) * sx * sy).toFixed(0)} ${spacing ? "mm²" : "px², uncalibrated"}`;
  }
  return "";
}
