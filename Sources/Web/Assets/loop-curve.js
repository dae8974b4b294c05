// SPDX-License-Identifier: Apache-2.0
// The separation over time, and below it the M-mode: one cursor through picture, curve and M-mode.

export class Curve {
  constructor(viewer) {
    this.viewer = viewer;
    const scrub = (event) => {
      const box = event.target.closest?.(".curve svg, .mmode svg");
      if (!box || (event.type === "pointermove" && event.buttons === 0)) return;
      const { left, width } = box.getBoundingClientRect();
      const part = Math.min(1, Math.max(0, (event.clientX - left) / width));
      const { player } = viewer;
      player.jump(player.nearest(player.times[0] + part * player.seconds(player.count - 1)));
    };
    // The parts of the page below are renewed; what listens is not.
    for (const name of ["pointerdown", "pointermove"]) document.addEventListener(name, scrub);
  }

  shown(frame) {
    const { player, data } = this.viewer;
    const at = (player.seconds(frame) / (player.seconds(player.count - 1) || 1)) * 1000;
    for (const cursor of document.querySelectorAll(".curve .cursor, .mmode .cursor")) cursor.setAttribute("d", `M${at.toFixed(1)} 0V300`);
    const now = document.querySelector(".curve-now");
    if (!now || !data.measure) return;
    const value = data.measure.perFrame[frame];
    const time = player.seconds(frame).toFixed(2);
    const pain = data.pain.find((mark) => mark.frame === frame);
    now.textContent = (value == null ? `${time} s: a mark is lost` : `${time} s: ${value.toFixed(1)} ${data.measure.unit}`)
      + (pain ? `, pain ${pain.value}` : "");
  }
}
