// SPDX-License-Identifier: Apache-2.0
// A clip for everybody: nothing is fetched before it is played. For the patient's page and for case studies.

import { Frames } from "./loop-frames.js";
import { Player } from "./loop-player.js";

for (const place of document.querySelectorAll("[data-clip]")) {
  const first = document.createElement("button");
  first.type = "button";
  first.textContent = place.dataset.sayPlay;
  first.addEventListener("click", () => begin(place, first), { once: true });
  place.append(first);
}

async function begin(place, first) {
  first.disabled = true;
  try {
    const data = await fetch(place.dataset.clip).then((response) => (response.ok ? response.json() : Promise.reject(new Error("gone"))));
    const canvas = document.createElement("canvas");
    canvas.width = data.width;
    canvas.height = data.height;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", place.dataset.text);
    const pen = canvas.getContext("2d");
    const frames = new Frames(data.times.length);
    const draw = () => { const picture = frames.picture(player.frame); if (picture) pen.drawImage(picture, 0, 0); };
    const player = new Player(data.times, (frame) => { slider.value = frame; canvas.dataset.frame = String(frame); draw(); }, (on) => {
      play.textContent = on ? place.dataset.sayPause : place.dataset.sayPlay;
    });
    const button = (text, action) => {
      const made = document.createElement("button");
      Object.assign(made, { type: "button", className: "soft", textContent: text });
      made.addEventListener("click", action);
      return made;
    };
    const play = button(place.dataset.sayPlay, () => player.play(!player.playing));
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: 0, max: data.times.length - 1, step: 1, value: 0 });
    slider.setAttribute("aria-label", place.dataset.saySlider);
    slider.addEventListener("input", () => player.jump(Number(slider.value)));
    const controls = document.createElement("div");
    controls.className = "controls";
    controls.append(play, button(place.dataset.sayBack, () => player.step(-1)), button(place.dataset.sayForward, () => player.step(1)), slider);
    place.replaceChildren(canvas, controls);
    await frames.load(data.frames, data.ends, () => draw());
    canvas.dataset.loaded = String(frames.loaded);
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) player.play(true);
    play.focus();
  } catch {
    place.replaceChildren(Object.assign(document.createElement("p"), { className: "notice warn", textContent: place.dataset.sayGone }));
  }
}
