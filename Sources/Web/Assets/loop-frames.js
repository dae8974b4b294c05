// SPDX-License-Identifier: Apache-2.0
// All frames of a loop out of one packed file: PNG after PNG, each decoded once, as soon as its last byte is there.

/** @param ends where each frame's PNG ends in the file
 *  @param show called with a frame's number when it can be drawn */
export class Frames {
  constructor(count) {
    this.pictures = new Array(count).fill(null);
    this.loaded = 0;
  }

  async load(url, ends, show) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(String(response.status));
    const bytes = new Uint8Array(ends[ends.length - 1] || 0);
    const reader = response.body.getReader();
    const decoding = [];
    let received = 0, next = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (received + value.length > bytes.length) throw new Error("too long");
      bytes.set(value, received);
      received += value.length;
      while (next < ends.length && ends[next] <= received) {
        decoding.push(this.decode(next, bytes.subarray(next === 0 ? 0 : ends[next - 1], ends[next]), show));
        next += 1;
      }
    }
    if (next < ends.length) throw new Error("too short");
    await Promise.all(decoding);
  }

  async decode(number, png, show) {
    this.pictures[number] = await createImageBitmap(new Blob([png], { type: "image/png" }));
    this.loaded += 1;
    show(number);
  }

  /** The frame's picture, or the nearest before it that is there already. */
  picture(number) {
    for (let n = number; n >= 0; n--) if (this.pictures[n]) return this.pictures[n];
    return null;
  }
}
