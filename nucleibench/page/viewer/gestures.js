"use strict";
// Wheel, drag, pinch and keys move the camera.
globalThis.nucleiPage ??= {};
nucleiPage.followGestures = (stage, canvases, camera) => {
  const pointers = new Map();
  const inside = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const spread = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);
  const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

  const pinch = (before, after) => {
    const [from, to] = [middle(before), middle(after)];
    camera.move(to.x - from.x, to.y - from.y);
    if (spread(before)) camera.zoom(spread(after) / spread(before), to.x, to.y);
  };
  const move = (event) => {
    const place = inside(event);
    if (!pointers.has(event.pointerId)) {
      if (event.pointerType === "mouse") camera.pointAt(camera.toImage(place.x, place.y));
      return;
    }
    const before = [...pointers.values()];
    const last = pointers.get(event.pointerId);
    pointers.set(event.pointerId, place);
    if (pointers.size === 1) camera.move(place.x - last.x, place.y - last.y);
    if (pointers.size === 2) pinch(before, [...pointers.values()]);
  };
  const leave = (event) => pointers.delete(event.pointerId);

  for (const canvas of canvases) {
    canvas.addEventListener("pointerdown", (event) => {
      pointers.set(event.pointerId, inside(event));
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerup", leave);
    canvas.addEventListener("pointercancel", leave);
    canvas.addEventListener("pointerleave", () => camera.pointAt(null));
    canvas.addEventListener("dblclick", (event) => {
      const { x, y } = inside(event);
      camera.zoom(2, x, y);
    });
    // A wheel that only passes over the pictures scrolls the page.
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !stage.contains(document.activeElement)) return;
      event.preventDefault();
      const { x, y } = inside(event);
      const pixels = event.deltaY * (event.deltaMode ? 16 : 1);
      camera.zoom(Math.exp(-Math.max(-200, Math.min(200, pixels)) / 300), x, y);
    }, { passive: false });
  }

  const part = () => 0.15 * Math.min(camera.panel.width, camera.panel.height);
  const keys = {
    ArrowLeft: () => camera.move(part(), 0),
    ArrowRight: () => camera.move(-part(), 0),
    ArrowUp: () => camera.move(0, part()),
    ArrowDown: () => camera.move(0, -part()),
    "+": () => camera.zoom(1.5),
    "=": () => camera.zoom(1.5),
    "-": () => camera.zoom(1 / 1.5),
    0: () => camera.fit(),
  };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  // A finger scrolls the page past a picture that is shown whole, and moves one that is enlarged.
  camera.addEventListener("change", () => stage.classList.toggle("enlarged", !camera.isWhole));
};
