// SPDX-License-Identifier: Apache-2.0
// The page of one loop: the viewer, what is marked and drawn in it, and the parts of the page that come anew from the server.

import { Curve } from "./loop-curve.js";
import { Drawing } from "./loop-drawing.js";
import { Marks } from "./loop-marks.js";
import { Motion } from "./loop-motion.js";
import { PainMarks } from "./loop-pain.js";
import { make, open, sorry } from "./loop-viewer.js";

document.documentElement.classList.add("scripted");
const place = document.querySelector(".loop[data-source]");
if (place) open(place).then(begin).catch(() => sorry(place));

function begin(viewer) {
  const curve = new Curve(viewer);
  const marks = new Marks(viewer, (form) => send(form, "The marks are being followed."));
  const motion = new Motion(viewer, document.querySelector("[data-motion]"));
  for (const follower of [motion, marks, new Drawing(viewer), curve, mMode(viewer)]) viewer.follow(follower);
  new PainMarks(viewer, document.querySelector("[data-pain]"), (what) => send(document.querySelector("[data-pain]"), "", what));
  viewer.player.jump(Math.min(viewer.player.count - 1, Number(marks.form?.elements.frame.value) || 0));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-show-frame]");
    if (link) { viewer.player.jump(Number(link.dataset.showFrame)); viewer.view.above.scrollIntoView({ block: "nearest" }); }
  });

  /** Sends a form in the background, then takes what changed from the page. */
  async function send(form, words, what = null) {
    viewer.say(words);
    form.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(what ?? new FormData(form)) });
      if (!response.ok) {
        const problem = await response.json().catch(() => null);
        viewer.say(problem?.errors?.[0]?.detail || problem?.detail || "That did not work. Reload the page and try again.");
        return;
      }
      await renew();
      viewer.say("");
    } catch {
      viewer.say("The clinic's server can't be reached. Try again.");
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  async function renew() {
    const [data, page] = await Promise.all([
      fetch(place.dataset.source, { headers: { Accept: "application/json" } }).then((response) => response.json()),
      fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).then((response) => response.text()),
    ]);
    Object.assign(viewer.data, data);
    const fresh = new DOMParser().parseFromString(page, "text/html");
    for (const part of document.querySelectorAll("[data-part]")) {
      const now = fresh.getElementById(part.id);
      if (now) part.replaceChildren(...now.childNodes);
    }
    for (const name of ["ax", "ay", "bx", "by", "frame"]) {
      const field = marks.form?.elements[name];
      if (field) field.defaultValue = field.value;
    }
    viewer.shown(viewer.player.frame);
  }
}

/** The M-mode along the line between the marks as they are set. */
function mMode(viewer) {
  document.addEventListener("click", (event) => {
    const wish = event.target.closest?.("[data-mmode]");
    if (!wish || !viewer.data.measure) return;
    const { first, second, restFrame } = viewer.data.measure;
    const line = [first[restFrame], second[restFrame]];
    // A third longer on both sides, so that the stumps stay on it.
    const [dx, dy] = [(line[1][0] - line[0][0]) / 3, (line[1][1] - line[0][1]) / 3];
    const ends = [[line[0][0] - dx, line[0][1] - dy], [line[1][0] + dx, line[1][1] + dy]].map((point) => point.map((n) => n.toFixed(1)));
    const picture = make("img", {
      src: `${wish.dataset.mmode}?x1=${ends[0][0]}&y1=${ends[0][1]}&x2=${ends[1][0]}&y2=${ends[1][1]}`,
      alt: "The picture along the line through both marks, one column for each frame; a gap that opens is a dark wedge.",
    });
    const box = document.querySelector(".mmode");
    box.querySelector("img")?.remove();
    box.prepend(picture);
    box.hidden = false;
  });
  return {};
}
