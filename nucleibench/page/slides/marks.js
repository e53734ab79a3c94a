"use strict";
// The other half of marks.py: the nuclei of the squares that are in view, unpacked when they are.
globalThis.nucleiPage ??= {};
nucleiPage.Marks = class {
  #found = new Map(); // square -> its nuclei, once unpacked

  constructor(root, { kind, unit, side }, arrived) {
    Object.assign(this, { kind, unit, side, arrived });
    this.texts = new Map([...root.querySelectorAll("script[data-square]")]
      .map((element) => [element.dataset.square, element]));
  }
  // Those in a box of the slide and a little beyond, as far as they are unpacked already.
  within([left, top, right, bottom]) {
    const nuclei = [];
    const squares = [left, top, right, bottom].map((place, end) =>
      Math.floor(place / this.side + (end < 2 ? -0.25 : 0.25)));
    for (let y = squares[1]; y <= squares[3]; y++) {
      for (let x = squares[0]; x <= squares[2]; x++) nuclei.push(...this.#of(`${x}/${y}`));
    }
    return nuclei;
  }
  #of(square) {
    const text = this.texts.get(square);
    if (!text) return [];
    if (!this.#found.has(square)) {
      this.#found.set(square, []);
      nucleiPage.unpack(text.textContent).then((arrays) => {
        this.#found.set(square, this.#draw(arrays));
        this.arrived();
      });
    }
    return this.#found.get(square);
  }
  #draw(arrays) {
    if (this.kind === "outlines") return nucleiPage.drawShapes(arrays, this.unit);
    const [numbers] = arrays;
    return Array.from({ length: numbers.length / 3 }, (_, place) => {
      const [x, y, radius] = numbers.slice(3 * place, 3 * place + 3);
      const path = new Path2D();
      path.arc(x, y, radius, 0, 2 * Math.PI);
      return { path, box: [x - radius, y - radius, x + radius, y + radius] };
    });
  }
};
