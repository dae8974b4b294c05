// SPDX-License-Identifier: Apache-2.0
// One loop with its controls: frames, player and view put together.

import { Frames } from "./loop-frames.js";
import { Player } from "./loop-player.js";
import { View } from "./loop-view.js";

export class Viewer {
  /** @param data {times, ends, width, height, frames: address of the packed file} */
  constructor(place, data) {
    this.place = place;
    this.data = data;
    this.frames = new Frames(data.times.length);
    this.view = new View(data.width, data.height);
    this.followers = [];
    this.player = new Player(data.times, (frame) => this.shown(frame), (on) => {
      this.playButton.textContent = on ? "Pause" : "Play";
      this.playButton.setAttribute("aria-pressed", String(on));
    });
    this.build();
    this.player.show(0);
    this.frames.load(data.frames, data.ends, (number) => {
      if (number === this.player.frame || !this.view.picture) this.redraw();
      this.view.above.dataset.loaded = String(this.frames.loaded);
    }).catch(() => this.say("Some frames could not be loaded. Reload the page to try again."));
  }

  build() {
    const { view, player } = this;
    view.above.setAttribute("role", "application");
    view.above.setAttribute("aria-roledescription", "ultrasound loop");
    view.above.setAttribute("aria-label", `${this.place.dataset.text}. Space plays and pauses, comma and full stop step, Home and End jump, plus and minus zoom, the brackets set the range.`);
    view.above.addEventListener("keydown", (event) => this.key(event));
    this.status = make("p", { className: "loop-status small" });
    this.status.setAttribute("role", "status");
    this.playButton = button("Play", () => player.play(!player.playing), "play-button");
    this.slider = make("input", { type: "range", min: 0, max: player.count - 1, step: 1 });
    this.slider.setAttribute("aria-label", "Frame");
    this.slider.addEventListener("input", () => player.jump(Number(this.slider.value)));
    this.clock = make("span", { className: "figures small loop-clock" });
    const first = make("div", { className: "controls" });
    first.append(this.playButton, button("Back", () => player.step(-1)), button("Forward", () => player.step(1)), this.slider, this.clock);
    const speed = make("select", {});
    speed.setAttribute("aria-label", "Speed");
    for (const [text, value] of [["Full speed", 1], ["Half speed", 0.5], ["Quarter speed", 0.25], ["A tenth", 0.1], ["Double speed", 2]]) {
      speed.append(make("option", { textContent: text, value }));
    }
    speed.addEventListener("change", () => { player.speed = Number(speed.value); });
    const range = (from, to) => { player.range(from, to); this.shown(player.frame); };
    const second = make("div", { className: "controls" });
    second.append(
      speed, button("From here", () => range(player.frame, player.last)), button("To here", () => range(player.first, player.frame)),
      button("Whole loop", () => range(0, player.count - 1)), button("+", () => view.zoomBy(1.5), "", "Larger"),
      button("−", () => view.zoomBy(1 / 1.5), "", "Smaller"), button("Fit", () => view.zoomBy(0)), this.windowing());
    if (document.fullscreenEnabled) second.append(button("Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : this.place.requestFullscreen())));
    this.more = second;
    this.place.replaceChildren(view.box, this.status, first, second);
    view.fit();
  }

  /** Brightness and contrast, folded away. */
  windowing() {
    const box = make("details", { className: "windowing" });
    const set = () => this.view.window(Number(centre.value), Number(width.value));
    const slider = (label, value, min, max) => {
      const field = make("input", { type: "range", min, max, step: 0.02, value });
      field.addEventListener("input", set);
      const words = make("label", { textContent: label });
      words.append(field);
      box.append(words);
      return field;
    };
    box.append(make("summary", { textContent: "Grey levels" }));
    const centre = slider("Centre", 0.5, 0.1, 0.9), width = slider("Width", 1, 0.1, 1.6);
    box.append(button("As recorded", () => { centre.value = 0.5; width.value = 1; set(); }));
    return box;
  }

  /** Something that is drawn over the picture, or moves with it. */
  follow(follower) {
    this.followers.push(follower);
    if (follower.layer) this.view.layers.push((view) => follower.layer(view, this.player.frame));
    follower.shown?.(this.player.frame);
    this.redraw();
  }

  shown(frame) {
    const { player } = this;
    this.slider.value = frame;
    // What the page waits with is not something that the reader typed.
    this.slider.defaultValue = String(frame);
    this.view.above.dataset.frame = String(frame);
    const part = player.first > 0 || player.last < player.count - 1 ? `, range ${player.first} to ${player.last}` : "";
    this.clock.textContent = `${frame} of ${player.count - 1}, ${player.seconds(frame).toFixed(2)} s${part}`;
    this.slider.setAttribute("aria-valuetext", `frame ${frame}, ${player.seconds(frame).toFixed(2)} seconds`);
    for (const follower of this.followers) follower.shown?.(frame);
    this.redraw();
  }

  redraw() {
    this.view.picture = this.frames.picture(this.player.frame);
    this.view.draw();
  }

  say(text) { this.status.textContent = text; }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { player, view } = this;
    if (view.tool?.key?.(event)) { event.preventDefault(); return; }
    const step = 0.1 / view.zoom;
    const actions = {
      " ": () => player.play(!player.playing), ",": () => player.step(-1), ".": () => player.step(1),
      ArrowLeft: () => (event.shiftKey ? view.panBy(-step * view.width, 0) : player.step(-1)),
      ArrowRight: () => (event.shiftKey ? view.panBy(step * view.width, 0) : player.step(1)),
      ArrowUp: () => event.shiftKey && view.panBy(0, -step * view.height), ArrowDown: () => event.shiftKey && view.panBy(0, step * view.height),
      Home: () => player.jump(player.first), End: () => player.jump(player.last),
      "+": () => view.zoomBy(1.5), "=": () => view.zoomBy(1.5), "-": () => view.zoomBy(1 / 1.5), 0: () => view.zoomBy(0),
      "[": () => { player.range(player.frame, player.last); this.shown(player.frame); },
      "]": () => { player.range(player.first, player.frame); this.shown(player.frame); },
      "\\": () => { player.range(0, player.count - 1); this.shown(player.frame); },
    };
    if (!actions[event.key]) return;
    actions[event.key]();
    event.preventDefault();
  }
}

export function make(name, properties) { return Object.assign(document.createElement(name), properties); }

export function button(text, action, name = "", label = "") {
  const made = make("button", { type: "button", className: `soft ${name}`.trim(), textContent: text });
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", action);
  return made;
}

/** What a viewer plays, from its element's address. */
export async function open(place) {
  const response = await fetch(place.dataset.source, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return new Viewer(place, await response.json());
}

export function sorry(place) {
  place.append(make("p", { className: "notice warn", textContent: "The loop could not be loaded. Reload the page to try again." }));
}
