// SPDX-License-Identifier: Apache-2.0
// A frame on the screen, zoomed, moved and windowed, and a layer above it for marks. Places are pixels of the loop; the centre of
// the first one is 0, 0.

export class View {
  zoom = 1;
  left = 0;
  top = 0;
  picture = null;
  layers = [];
  /** What takes the pointer instead of moving the picture: {down(point), move(point), up(point)}. */
  tool = null;

  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.box = document.createElement("div");
    this.box.className = "loop-stage";
    this.box.style.aspectRatio = `${width} / ${height}`;
    this.below = document.createElement("canvas");
    this.below.className = "picture";
    this.above = document.createElement("canvas");
    this.above.className = "marks";
    this.above.tabIndex = 0;
    this.box.append(this.below, this.above);
    this.under = this.below.getContext("2d", { alpha: false });
    this.pen = this.above.getContext("2d");
    this.pointers = new Map();
    this.listen();
    new ResizeObserver(() => this.fit()).observe(this.box);
  }

  /** As many pixels as the screen has, at most two for each of the page's. */
  fit() {
    const wide = Math.max(1, Math.round(this.box.clientWidth * Math.min(2, window.devicePixelRatio || 1)));
    const high = Math.max(1, Math.round((wide * this.height) / this.width));
    if (this.below.width === wide && this.below.height === high) return;
    for (const canvas of [this.below, this.above]) { canvas.width = wide; canvas.height = high; }
    this.draw();
  }

  /** Pixels of the canvas for one of the loop's. */
  get scale() { return (this.below.width / this.width) * this.zoom; }
  /** The size of a mark's stroke. */
  get unit() { return Math.max(1, this.below.width / 560); }

  at([x, y]) { return [(x + 0.5 - this.left) * this.scale, (y + 0.5 - this.top) * this.scale]; }

  /** Where in the loop an event is. */
  place(event) {
    const box = this.above.getBoundingClientRect();
    const part = this.width / this.zoom / box.width;
    return [(event.clientX - box.left) * part + this.left - 0.5, (event.clientY - box.top) * part + this.top - 0.5];
  }

  zoomBy(factor, about = [this.left + this.width / this.zoom / 2, this.top + this.height / this.zoom / 2]) {
    const zoom = Math.min(12, Math.max(1, this.zoom * factor));
    this.left = about[0] - ((about[0] - this.left) * this.zoom) / zoom;
    this.top = about[1] - ((about[1] - this.top) * this.zoom) / zoom;
    this.zoom = zoom;
    this.keepInside();
  }

  panBy(x, y) {
    this.left += x;
    this.top += y;
    this.keepInside();
  }

  keepInside() {
    this.left = Math.min(this.width - this.width / this.zoom, Math.max(0, this.left));
    this.top = Math.min(this.height - this.height / this.zoom, Math.max(0, this.top));
    this.above.classList.toggle("zoomed", this.zoom > 1);
    this.above.dataset.zoom = this.zoom.toFixed(2);
    this.draw();
  }

  /** Grey values from centre − width/2 (black) to centre + width/2 (white), both parts of the whole range. */
  window(centre, width) {
    this.below.style.filter = centre === 0.5 && width === 1
      ? "" : `brightness(${1 / (2 * centre)}) contrast(${(2 * centre) / width})`;
  }

  listen() {
    this.above.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && this.zoom === 1 && event.deltaY > 0) return;
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / 400), this.place(event));
    }, { passive: false });
    this.above.addEventListener("pointerdown", (event) => {
      this.pointers.set(event.pointerId, event);
      if (this.pointers.size === 1 && this.tool) {
        event.preventDefault();
        this.above.setPointerCapture(event.pointerId);
        this.tool.down(this.place(event));
      }
    });
    this.above.addEventListener("pointermove", (event) => {
      const before = this.pointers.get(event.pointerId);
      if (!before) return;
      if (this.pointers.size === 2) {
        const other = [...this.pointers.values()].find((one) => one.pointerId !== event.pointerId);
        const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
        this.zoomBy(apart(event) / Math.max(1, apart(before)), this.place(event));
      } else if (this.tool) {
        this.tool.move?.(this.place(event));
      } else if (this.zoom > 1) {
        const [x, y] = this.place(event), [fromX, fromY] = this.place(before);
        this.panBy(fromX - x, fromY - y);
      }
      this.pointers.set(event.pointerId, event);
    });
    const end = (event) => {
      if (this.pointers.size === 1 && event.type === "pointerup" && this.tool) this.tool.up?.(this.place(event));
      this.pointers.delete(event.pointerId);
    };
    for (const name of ["pointerup", "pointercancel"]) this.above.addEventListener(name, end);
  }

  draw() {
    const { under, pen } = this;
    const [wide, high] = [this.below.width, this.below.height];
    if (this.picture) {
      under.imageSmoothingEnabled = this.scale < 4;
      under.drawImage(this.picture, this.left, this.top, this.width / this.zoom, this.height / this.zoom, 0, 0, wide, high);
    }
    pen.clearRect(0, 0, wide, high);
    for (const layer of this.layers) layer(this);
  }

  // Pens that the layers share: a dark rim, so that a line shows on any grey.

  path(points, colour, { dashed = false, closed = false, width = 1.6 } = {}) {
    const { pen, unit } = this;
    for (const [stroke, size] of [["rgb(0 0 0 / .6)", (width + 1.8) * unit], [colour, width * unit]]) {
      pen.strokeStyle = stroke;
      pen.lineWidth = size;
      pen.setLineDash(dashed ? [4 * unit, 4 * unit] : []);
      pen.beginPath();
      points.forEach((point, index) => pen[index ? "lineTo" : "moveTo"](...this.at(point)));
      if (closed) pen.closePath();
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  cross(point, colour, letter, dashed = false) {
    const [x, y] = this.at(point), { unit } = this, { pen } = this;
    for (const [stroke, size] of [["rgb(0 0 0 / .7)", 3.5 * unit], [colour, 1.6 * unit]]) {
      pen.strokeStyle = stroke;
      pen.lineWidth = size;
      pen.setLineDash(dashed ? [2 * unit, 2 * unit] : []);
      pen.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        pen.moveTo(x + dx * 4 * unit, y + dy * 4 * unit);
        pen.lineTo(x + dx * 12 * unit, y + dy * 12 * unit);
      }
      pen.stroke();
    }
    pen.setLineDash([]);
    this.text(point, letter, colour);
  }

  text(point, words, colour) {
    if (!words) return;
    const { pen, unit } = this;
    const [x, y] = this.at(point);
    pen.font = `600 ${14 * unit}px sans-serif`;
    const wide = pen.measureText(words).width;
    const left = Math.max(2, Math.min(this.above.width - wide - 4, x + 7 * unit));
    const base = Math.max(16 * unit, y - 7 * unit);
    pen.lineWidth = 3 * unit;
    pen.strokeStyle = "rgb(0 0 0 / .75)";
    pen.strokeText(words, left, base);
    pen.fillStyle = colour;
    pen.fillText(words, left, base);
  }
}
