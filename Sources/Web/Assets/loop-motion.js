// SPDX-License-Identifier: Apache-2.0
// The motion of tissue and its strain, as the server computed them, drawn over the picture. See LoopMotion.pack for the form.

const LOST = -32768, HEAD = 8;

export class Motion {
  mode = "none";

  constructor(viewer, choice) {
    this.viewer = viewer;
    if (!choice) return;
    choice.addEventListener("change", async () => {
      this.mode = choice.value;
      if (this.mode !== "none" && !this.field) await this.fetch(choice.dataset.motion);
      viewer.view.above.dataset.motion = this.field ? this.mode : "none";
      viewer.redraw();
    });
  }

  async fetch(url) {
    const { viewer } = this;
    viewer.say("The tissue is being followed.");
    for (;;) {
      const response = await fetch(url);
      if (response.status === 202) { await new Promise((done) => setTimeout(done, 300)); continue; }
      if (!response.ok) { viewer.say("The tissue of this loop can't be followed."); return; }
      const numbers = new DataView(await response.arrayBuffer());
      this.field = Int16Array.from({ length: numbers.byteLength / 2 }, (_, n) => numbers.getInt16(2 * n, true));
      viewer.say("");
      return;
    }
  }

  layer(view, frame) {
    const { field } = this;
    if (!field || this.mode === "none") return;
    const [, columns, rows, spacing, frames] = field;
    if (frame >= frames) return;
    const { pen, unit } = view;
    let from = HEAD + frame * columns * rows * 3;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, from += 3) {
        if (field[from] === LOST) continue;
        const rest = [(column + 1) * spacing, (row + 1) * spacing];
        const now = [rest[0] + field[from] / 16, rest[1] + field[from + 1] / 16];
        const [x, y] = view.at(now);
        if (this.mode === "motion") {
          const [fromX, fromY] = view.at(rest);
          pen.strokeStyle = pen.fillStyle = "rgb(255 214 102 / .9)";
          pen.lineWidth = 1.2 * unit;
          pen.beginPath();
          pen.moveTo(fromX, fromY);
          pen.lineTo(x, y);
          pen.stroke();
          pen.fillRect(x - unit, y - unit, 2 * unit, 2 * unit);
        } else if (field[from + 2] !== LOST) {
          // Longer is warm, shorter is cold, full colour at 20 %.
          const part = Math.max(-1, Math.min(1, field[from + 2] / 200));
          const size = spacing * view.scale;
          pen.fillStyle = part > 0 ? `rgb(230 120 40 / ${0.6 * part})` : `rgb(60 140 230 / ${-0.6 * part})`;
          pen.fillRect(x - size / 2, y - size / 2, size, size);
        }
      }
    }
  }
}
