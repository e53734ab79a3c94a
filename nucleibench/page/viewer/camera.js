"use strict";
// Which part of an image all panels show, and how large. Places in panels are in CSS pixels.
globalThis.nucleiPage ??= {};
nucleiPage.Camera = class extends EventTarget {
  image = { width: 1, height: 1 };
  panel = { width: 1, height: 1 };
  scale = 1;
  center = { x: 0, y: 0 };
  pointer = null; // the place in the image that is pointed at
  static largest = 24; // panel pixels for a pixel of the image

  get whole() {
    return Math.min(this.panel.width / this.image.width, this.panel.height / this.image.height);
  }
  get isWhole() { return this.scale <= this.whole * 1.001; }

  toImage(x, y) {
    return {
      x: this.center.x + (x - this.panel.width / 2) / this.scale,
      y: this.center.y + (y - this.panel.height / 2) / this.scale,
    };
  }
  setImage(image) {
    this.image = image;
    this.fit();
  }
  // Keeps what is shown in place when the window changes.
  setPanel(panel) {
    const wasWhole = this.isWhole;
    this.panel = panel;
    if (wasWhole) this.fit(); else this.place(this.center, this.scale);
  }
  fit() { this.place({ x: this.image.width / 2, y: this.image.height / 2 }, this.whole); }
  move(x, y) {
    this.place({ x: this.center.x - x / this.scale, y: this.center.y - y / this.scale }, this.scale);
  }
  // The place in the image below (x, y) stays there.
  zoom(factor, x = this.panel.width / 2, y = this.panel.height / 2) {
    const fixed = this.toImage(x, y);
    const scale = this.#bounded(this.scale * factor);
    this.place({
      x: fixed.x - (x - this.panel.width / 2) / scale,
      y: fixed.y - (y - this.panel.height / 2) / scale,
    }, scale);
  }
  showBox([left, top, right, bottom]) {
    const side = 4 * Math.max(right - left, bottom - top, 8);
    const scale = Math.min(this.panel.width, this.panel.height) / side;
    this.place({ x: (left + right) / 2, y: (top + bottom) / 2 }, scale);
  }
  pointAt(place) {
    this.pointer = place;
    this.dispatchEvent(new Event("change"));
  }
  place(center, scale) {
    this.scale = this.#bounded(scale);
    for (const [axis, side] of [["x", "width"], ["y", "height"]]) {
      const half = this.panel[side] / this.scale / 2;
      const size = this.image[side];
      this.center[axis] = 2 * half >= size ? size / 2
        : Math.min(Math.max(center[axis], half), size - half);
    }
    this.dispatchEvent(new Event("change"));
  }
  #bounded(scale) { return Math.min(Math.max(scale, this.whole), Math.max(this.constructor.largest, this.whole)); }
};
