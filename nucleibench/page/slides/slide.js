"use strict";
// The picture of a slide in OpenSeadragon, with nuclei on top where one is near enough.
(() => {
  const root = document.querySelector(".slide");
  if (!root) return;
  const index = JSON.parse(root.querySelector(".slide-index").textContent);
  const tiles = new Map([...root.querySelectorAll("script[data-tile]")]
    .map((element) => [element.dataset.tile, element]));
  const stage = root.querySelector(".stage");
  const output = root.querySelector("output");
  const wanted = root.querySelector("input[type=checkbox]");
  const MOST = 3000; // nuclei that are drawn at a time
  const numbers = new Intl.NumberFormat("en");

  const viewer = OpenSeadragon({
    element: stage,
    drawer: "canvas",
    showNavigationControl: false,
    animationTime: 0.4,
    maxZoomPixelRatio: 8,
    visibilityRatio: 0.6,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true, scrollToZoom: false },
    tileSources: {
      width: index.width,
      height: index.height,
      tileSize: index.tile,
      minLevel: 0,
      maxLevel: index.levels - 1,
      getTileUrl: (level, x, y) =>
        `data:image/webp;base64,${tiles.get(`${level}/${x}/${y}`).textContent.trim()}`,
    },
  });
  viewer.canvas.setAttribute("role", "group");
  viewer.canvas.setAttribute("aria-label",
    "Picture of the slide. Arrow keys move, plus and minus zoom, 0 shows the whole slide.");

  // A wheel that only passes over the picture scrolls the page.
  const inside = () => stage.contains(document.activeElement);
  for (const event of ["focusin", "focusout"]) {
    stage.addEventListener(event, () => setTimeout(() => {
      viewer.gestureSettingsMouse.scrollToZoom = inside();
    }));
  }
  stage.addEventListener("wheel", (event) => {
    if (!inside()) event.stopImmediatePropagation();
  }, { capture: true, passive: true });

  const layer = document.createElement("canvas");
  layer.className = "marks";
  layer.setAttribute("aria-hidden", "true");
  viewer.canvas.append(layer);
  const marks = new nucleiPage.Marks(root, index, () => requestAnimationFrame(draw));

  // Where the slide lies in the stage: the place of its first pixel, and the size of its pixels.
  const where = () => {
    const picture = viewer.world.getItemAt(0);
    const origin = picture.imageToViewerElementCoordinates(new OpenSeadragon.Point(0, 0));
    const end = picture.imageToViewerElementCoordinates(new OpenSeadragon.Point(index.width, 0));
    return { x: origin.x, y: origin.y, scale: (end.x - origin.x) / index.slide };
  };
  const nucleiIn = ({ x, y, scale }) => {
    const box = [-x / scale, -y / scale, (stage.clientWidth - x) / scale, (stage.clientHeight - y) / scale];
    return marks.within(box).filter(({ box: [left, top, right, bottom] }) =>
      right >= box[0] && left <= box[2] && bottom >= box[1] && top <= box[3]);
  };
  // A square holds some 500 nuclei; as many squares as hold too many are not even unpacked.
  const isNear = ({ scale }) =>
    (stage.clientWidth / scale / index.side + 1) * (stage.clientHeight / scale / index.side + 1) * 500 < 4 * MOST;

  const draw = () => {
    if (!viewer.world.getItemCount()) return;
    const context = layer.getContext("2d");
    layer.width = stage.clientWidth * devicePixelRatio;
    layer.height = stage.clientHeight * devicePixelRatio;
    const place = where();
    if (!wanted.checked) return tell("");
    if (!isNear(place)) return tell("Zoom in to see nuclei.");
    const nuclei = nucleiIn(place);
    if (nuclei.length > MOST) return tell("Zoom in to see nuclei.");
    const { x, y, scale } = place;
    context.setTransform(scale * devicePixelRatio, 0, 0, scale * devicePixelRatio,
      x * devicePixelRatio, y * devicePixelRatio);
    context.lineJoin = "round";
    for (const [color, width] of [["rgb(255 255 255 / .7)", 3], ["#009e73", 1.5]]) {
      context.strokeStyle = color;
      context.lineWidth = width * Math.min(1, 4 * scale + 0.3) / scale;
      for (const { path } of nuclei) context.stroke(path);
    }
    tell(`${numbers.format(nuclei.length)} nuclei in view`);
  };
  const tell = (text) => {
    if (output.value !== text) output.value = text;
  };
  for (const event of ["open", "update-viewport", "resize", "animation-finish"]) {
    viewer.addHandler(event, draw);
  }
  wanted.addEventListener("change", draw);

  const zoom = (factor) => {
    viewer.viewport.zoomBy(factor);
    viewer.viewport.applyConstraints();
  };
  const move = (x, y) => {
    const { width, height } = viewer.viewport.getBounds();
    viewer.viewport.panBy(new OpenSeadragon.Point(0.15 * x * width, 0.15 * y * height));
    viewer.viewport.applyConstraints();
  };
  const actions = {
    in: () => zoom(1.5), out: () => zoom(1 / 1.5), whole: () => viewer.viewport.goHome(),
  };
  for (const button of root.querySelectorAll("button[data-action]")) {
    button.addEventListener("click", actions[button.dataset.action]);
  }
  // The same steps as in the viewer of images, in place of OpenSeadragon's own.
  const keys = {
    ArrowLeft: () => move(-1, 0), ArrowRight: () => move(1, 0),
    ArrowUp: () => move(0, -1), ArrowDown: () => move(0, 1),
    "+": actions.in, "=": actions.in, "-": actions.out, 0: actions.whole,
  };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keys[event.key]();
  }, { capture: true });
  nucleiPage.slideViewer = viewer; // for scripts of one's own
})();
