// SPDX-License-Identifier: Apache-2.0
// Two loops side by side: the left one leads, the right one shows the frame of the same phase, as the server matched them.

import { open, sorry } from "./loop-viewer.js";

const room = document.querySelector("[data-match]");
const [left, right] = document.querySelectorAll(".loop[data-source]");
document.documentElement.classList.add("scripted");

if (room && left && right) {
  Promise.all([fetch(room.dataset.match).then((response) => response.json()), open(left), open(right)])
    .then(([match, one, other]) => link(match, one, other))
    .catch(() => { sorry(left); sorry(right); });
}

function link(match, one, other) {
  const together = document.querySelector("[data-together]");
  let leading = false;
  const lead = (from, to, map) => ({
    shown: (frame) => {
      if (leading || !together.checked) return;
      leading = true;
      if (to.player.playing) to.player.play(false);
      to.player.show(map[frame] ?? 0);
      leading = false;
    },
  });
  one.follow(lead(one, other, match.rightOfLeft));
  other.follow(lead(other, one, match.leftOfRight));
  together.addEventListener("change", () => one.shown(one.player.frame));
  room.dataset.linked = "true";
}
