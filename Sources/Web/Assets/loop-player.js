// SPDX-License-Identifier: Apache-2.0
// Which frame is shown when: playing by the frames' own times, stepping, a range, a speed. Draws nothing.

export class Player {
  frame = 0;
  playing = false;
  speed = 1;

  /** @param show called with the frame whenever it changes; @param turned called when playing begins or ends */
  constructor(times, show, turned = () => {}) {
    this.times = times;
    this.count = times.length;
    this.first = 0;
    this.last = times.length - 1;
    this.onShow = show;
    this.onTurn = turned;
  }

  seconds(frame) { return this.times[frame] - this.times[0]; }

  show(frame) {
    this.frame = Math.min(this.count - 1, Math.max(0, frame));
    this.onShow(this.frame);
  }

  jump(frame) { this.play(false); this.show(frame); }

  /** One frame on or back, round and round inside the range. */
  step(by) {
    this.play(false);
    const length = this.last - this.first + 1;
    const from = Math.min(this.last, Math.max(this.first, this.frame));
    this.show(this.first + ((((from - this.first + by) % length) + length) % length));
  }

  range(first, last) {
    this.first = Math.min(first, last);
    this.last = Math.max(first, last);
    if (this.frame < this.first || this.frame > this.last) this.show(this.first);
  }

  play(on) {
    if (this.playing === on) return;
    this.playing = on;
    this.onTurn(on);
    if (!on) return;
    if (this.frame < this.first || this.frame > this.last) this.show(this.first);
    let moment = this.times[this.frame], before = null;
    const tick = (now) => {
      if (!this.playing) return;
      const start = this.times[this.first], length = this.times[this.last] - start + this.pause();
      if (before !== null) moment += ((now - before) / 1000) * this.speed;
      before = now;
      if (moment >= start + length || moment < start) moment = start + ((((moment - start) % length) + length) % length);
      const frame = Math.min(this.last, this.nearest(moment));
      if (frame !== this.frame) this.show(frame);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  /** The usual time from one frame to the next. */
  pause() { return this.count > 1 ? this.seconds(this.count - 1) / (this.count - 1) : 1; }

  /** The last frame that was taken by that time. */
  nearest(time) {
    let low = 0, high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.times[middle] <= time + 1e-9) low = middle; else high = middle - 1;
    }
    return low;
  }
}
