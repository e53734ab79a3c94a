"use strict";
// The other half of shapes.py: arrays of whole numbers -> a path and a box of each nucleus.
globalThis.nucleiPage ??= {};
nucleiPage.drawShapes = ([parts, rings, lengths, steps], unit = 0.5) => {
  const shapes = [];
  let part = 0, ring = 0, step = 0, x = 0, y = 0;
  for (const count of parts) {
    const path = new Path2D();
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const end = part + count;
    for (; part < end; part++) {
      const last = ring + rings[part];
      for (; ring < last; ring++) {
        for (let vertex = 0; vertex < lengths[ring]; vertex++) {
          x += steps[step++] * unit;
          y += steps[step++] * unit;
          if (vertex) path.lineTo(x, y); else path.moveTo(x, y);
          box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
          box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
        }
        path.closePath();
      }
    }
    shapes.push({ path, box });
  }
  return shapes;
};
