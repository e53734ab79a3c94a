"use strict";
// Draws the four panels: image, true nuclei, predicted nuclei, and where they differ.
globalThis.nucleiPage ??= {};
nucleiPage.Panels = class {
  view = null; // { image, width, height, true: [{path, box, kind}], predicted: [...] }
  #waiting = false;

  constructor(canvases, camera, style) {
    this.canvases = canvases;
    this.camera = camera;
    this.style = style; // kind -> { color, dash }
    this.map = document.createElement("canvas");
    camera.addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.#resize()).observe(canvases.image);
  }
  show(view) {
    this.view = view;
    this.redraw();
  }
  redraw() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#draw();
    });
  }
  #resize() {
    const { clientWidth: width, clientHeight: height } = this.canvases.image;
    if (!width || !height) return;
    for (const canvas of [...Object.values(this.canvases), this.map]) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
    }
    this.camera.setPanel({ width, height });
    this.#draw(); // a canvas is empty after a change of its size
  }
  #draw() {
    if (!this.view) return;
    const { image, true: truth, predicted, difference } = this.canvases;
    this.#drawImage(this.#prepare(image));
    for (const [canvas, nuclei] of [[truth, this.view.true], [predicted, this.view.predicted]]) {
      const context = this.#prepare(canvas);
      this.#drawImage(context);
      this.#drawOutlines(context, nuclei);
    }
    this.#drawDifference(this.#prepare(difference));
    for (const canvas of Object.values(this.canvases)) this.#drawPointer(canvas.getContext("2d"));
  }
  // Clears a canvas; from then on, things are drawn in pixels of the image.
  #prepare(canvas) {
    const context = canvas.getContext("2d");
    const { scale, center, panel } = this.camera;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const size = scale * devicePixelRatio;
    context.setTransform(size, 0, 0, size,
      (panel.width / 2 - center.x * scale) * devicePixelRatio,
      (panel.height / 2 - center.y * scale) * devicePixelRatio);
    return context;
  }
  #drawImage(context) {
    context.imageSmoothingEnabled = this.camera.scale < 4;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.view.image, 0, 0, this.view.width, this.view.height);
  }
  #seen({ box: [left, top, right, bottom] }) {
    const { panel } = this.camera;
    const [first, last] = [this.camera.toImage(0, 0), this.camera.toImage(panel.width, panel.height)];
    return right >= first.x && left <= last.x && bottom >= first.y && top <= last.y;
  }
  // A pale rim makes lines stand out from dark and from pale tissue alike.
  #drawOutlines(context, nuclei) {
    const seen = nuclei.filter((nucleus) => this.#seen(nucleus));
    const pixel = 1 / this.camera.scale;
    const width = Math.max(1.2, Math.min(2.5, 1.2 * this.camera.scale)) * pixel;
    context.lineJoin = "round";
    // Of an image that is shown small, rims would hide the tissue.
    for (const rim of this.camera.scale < 0.6 ? [false] : [true, false]) {
      for (const { path, kind } of seen) {
        const { color, dash } = this.style[kind];
        context.setLineDash(rim ? [] : dash.map((length) => length * pixel));
        context.strokeStyle = rim ? "rgb(255 255 255 / .7)" : color;
        context.lineWidth = rim ? width + 1.6 * pixel : width;
        context.stroke(path);
      }
    }
  }
  // Predicted nuclei first; true ones on top where they meet, and below them where they do not.
  #drawDifference(context) {
    const layer = this.#prepare(this.map);
    const layers = [
      ["source-over", this.view.predicted, this.style.fp.color],
      ["source-atop", this.view.true, this.style.tp.color],
      ["destination-over", this.view.true, this.style.fn.color],
    ];
    for (const [operation, nuclei, color] of layers) {
      layer.globalCompositeOperation = operation;
      layer.fillStyle = color;
      for (const nucleus of nuclei) if (this.#seen(nucleus)) layer.fill(nucleus.path, "evenodd");
    }
    layer.globalCompositeOperation = "source-over";
    context.fillStyle = this.style.background.color;
    context.fillRect(0, 0, this.view.width, this.view.height);
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.map, 0, 0);
    context.restore();
  }
  #drawPointer(context) {
    if (!this.camera.pointer) return;
    const { x, y } = this.camera.pointer;
    const pixel = 1 / this.camera.scale;
    context.setLineDash([]);
    for (const [color, width] of [["#fff", 3], ["#000", 1]]) {
      context.strokeStyle = color;
      context.lineWidth = width * pixel;
      context.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x + 4 * dx * pixel, y + 4 * dy * pixel);
        context.lineTo(x + 11 * dx * pixel, y + 11 * dy * pixel);
      }
      context.stroke();
    }
  }
};
