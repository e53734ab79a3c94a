"use strict";
// The images and nuclei that the page holds; they are unpacked when they are asked for.
globalThis.nucleiPage ??= {};
nucleiPage.Views = class {
  constructor(root) {
    this.index = JSON.parse(root.querySelector(".view-index").textContent);
    this.texts = new Map([...root.querySelectorAll("script[data-key]")]
      .map((element) => [element.dataset.key, element]));
  }
  static key(...parts) { return JSON.stringify(parts); }

  entry(dataset, image) {
    return this.index.datasets[dataset]?.find((one) => one.image === image);
  }
  has(dataset, image, method) { return this.entry(dataset, image)?.rows[method] !== undefined; }

  // A name of what went wrong -> the images of a dataset, the most concerned first.
  sorted(dataset, method, order) {
    const entries = [...this.index.datasets[dataset]].filter((one) => one.rows[method]);
    const [name, direction] = order.split(" ");
    if (name === "image") return entries;
    const sign = direction === "up" ? 1 : -1;
    return entries.sort((a, b) => sign * (a.rows[method][name] - b.rows[method][name]));
  }
  async load(dataset, image, method) {
    const text = (...parts) => this.texts.get(nucleiPage.Views.key(dataset, image, ...parts)).textContent;
    const picture = new Image();
    picture.src = `data:image/webp;base64,${text("picture").trim()}`;
    const [outlines, [ofTrue, ofPredicted, ...predicted]] = await Promise.all([
      nucleiPage.unpack(text("true")), nucleiPage.unpack(text("row", method)), picture.decode(),
    ]);
    const named = (numbers, kinds) => nucleiPage.drawShapes(numbers)
      .map((shape, place) => ({ ...shape, kind: this.index.outcomes[kinds[place]] }));
    const { width, height } = this.entry(dataset, image);
    return { image: picture, width, height,
      true: named(outlines, ofTrue), predicted: named(predicted, ofPredicted) };
  }
};
