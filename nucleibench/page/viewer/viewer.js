"use strict";
// The controls of the viewer, and the ways that lead into it.
(() => {
  const root = document.querySelector(".viewer");
  if (!root) return;
  const { Camera, Panels, Views, followGestures } = nucleiPage;
  const views = new Views(root);
  const stage = root.querySelector(".stage");
  const told = root.querySelector(".told");
  const goneTo = root.querySelector("output");
  const canvases = Object.fromEntries(
    [...stage.querySelectorAll("canvas")].map((canvas) => [canvas.dataset.panel, canvas]));
  const control = Object.fromEntries(
    [...root.querySelectorAll("select")].map((select) => [select.name, select]));
  const styles = getComputedStyle(root);
  const styleOf = (name) => ({
    color: styles.getPropertyValue(`--${name}`).trim(),
    dash: styles.getPropertyValue(`--${name}-dash`).split(" ").map(Number).filter((n) => n > 0),
  });
  const drawn = [...views.index.outcomes, "tp", "fn", "fp", "background"];
  const camera = new Camera();
  const panels = new Panels(canvases, camera, Object.fromEntries(drawn.map((name) => [name, styleOf(name)])));
  followGestures(stage, Object.values(canvases), camera);

  let shown = null; // { dataset, image, method }
  let place = -1; // of the nucleus that was gone to last

  const fill = (select, options, chosen) => {
    select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
    if (options.some(([value]) => value === chosen)) select.value = chosen;
  };
  const numbers = new Intl.NumberFormat("en");
  const count = (nuclei, kinds) => kinds
    .map((kind) => [kind, nuclei.filter((nucleus) => nucleus.kind === kind).length])
    .filter(([kind, n]) => n || kind === "found")
    .map(([kind, n]) => `${numbers.format(n)} ${kind}`).join(", ");

  const tell = (view) => {
    const { dataset, image, method } = shown;
    const aji = views.entry(dataset, image).rows[method].aji.toFixed(3);
    const kinds = views.index.outcomes;
    const texts = {
      true: `${numbers.format(view.true.length)} true nuclei: ${count(view.true, kinds)}.`,
      predicted: `${numbers.format(view.predicted.length)} predicted nuclei: ${count(view.predicted, kinds)}.`,
    };
    const name = views.index.methods[method];
    told.textContent = `${name} on ${image} of ${dataset}: AJI ${aji}. ${texts.true} ${texts.predicted}`;
    canvases.image.ariaLabel = `H&E image ${image}`;
    canvases.true.ariaLabel = texts.true;
    canvases.predicted.ariaLabel = texts.predicted;
    canvases.difference.ariaLabel = `Where true nuclei and those of ${name} differ, pixel by pixel`;
  };

  const show = async (dataset, image, method) => {
    const before = shown;
    shown = { dataset, image, method };
    const wanted = shown;
    const view = await views.load(dataset, image, method);
    if (wanted !== shown) return; // another was chosen meanwhile
    forget();
    if (before?.image !== image || before?.dataset !== dataset) camera.setImage(view);
    panels.show(view);
    tell(view);
    root.dataset.shown = Views.key(dataset, image, method);
  };

  const methodsOf = (dataset) => Object.entries(views.index.methods)
    .filter(([method]) => views.index.datasets[dataset].some((one) => one.rows[method]));
  const labelOf = (entry, method, order) => {
    const scores = entry.rows[method];
    const name = order.split(" ")[0];
    const more = name in scores && name !== "aji" ? `, ${scores[name]} ${name}` : "";
    return `${entry.image} (AJI ${scores.aji.toFixed(3)}${more})`;
  };
  const listImages = (chosen) => {
    const { dataset, method, order } = control;
    const entries = views.sorted(dataset.value, method.value, order.value);
    fill(control.image, entries.map((one) => [one.image, labelOf(one, method.value, order.value)]), chosen);
  };
  const choose = (dataset, image, method) => {
    control.dataset.value = dataset;
    fill(control.method, methodsOf(dataset), method);
    listImages(image);
    return show(dataset, control.image.value, control.method.value);
  };
  const chosen = () => [control.dataset.value, control.image.value, control.method.value];
  const remember = () =>
    history.replaceState(null, "", `#view=${chosen().map(encodeURIComponent).join("/")}`);

  control.dataset.addEventListener("change", () => {
    choose(control.dataset.value, null, control.method.value);
    remember();
  });
  control.method.addEventListener("change", () => {
    listImages(control.image.value);
    show(...chosen());
    remember();
  });
  // Whoever sorts wants to see the first.
  control.order.addEventListener("change", () => {
    listImages(null);
    show(...chosen());
    remember();
  });
  control.image.addEventListener("change", () => {
    show(...chosen());
    remember();
  });

  const step = (by) => {
    const { length } = control.image.options;
    control.image.selectedIndex = (control.image.selectedIndex + by + length) % length;
    show(...chosen());
    remember();
  };
  const goToNucleus = () => {
    if (!panels.view) return;
    const kind = control.kind.value;
    const nuclei = panels.view[kind === "invented" ? "predicted" : "true"]
      .filter((nucleus) => nucleus.kind === kind);
    if (!nuclei.length) {
      goneTo.value = "There is none.";
      return;
    }
    place = (place + 1) % nuclei.length;
    camera.showBox(nuclei[place].box);
    goneTo.value = `${place + 1} of ${nuclei.length}`;
  };
  const forget = () => {
    place = -1;
    goneTo.value = "";
  };
  const enlarge = () => {
    const large = stage.classList.toggle("large");
    root.querySelector("[data-action=large]").ariaPressed = large;
  };
  control.kind.addEventListener("change", forget);
  const actions = {
    previous: () => step(-1), next: () => step(1), nucleus: goToNucleus,
    large: enlarge, in: () => camera.zoom(1.5), out: () => camera.zoom(1 / 1.5), whole: () => camera.fit(),
  };
  for (const button of root.querySelectorAll("button[data-action]")) {
    button.addEventListener("click", actions[button.dataset.action]);
  }

  const open = async (dataset, image, method) => {
    await choose(dataset, image, method);
    root.scrollIntoView({ block: "start" });
    stage.focus({ preventScroll: true });
  };
  const partsOf = (address) => {
    try {
      return address.split("/").map(decodeURIComponent);
    } catch { // a percent sign that encodes nothing
      return [];
    }
  };
  const openAddress = () => {
    if (!location.hash.startsWith("#view=")) return false;
    const parts = partsOf(location.hash.slice("#view=".length));
    if (!views.has(...parts)) return false;
    open(...parts);
    return true;
  };
  addEventListener("hashchange", openAddress);
  // The contract with the rest of the page: what names all three opens here.
  for (const element of document.querySelectorAll("[data-dataset][data-image][data-method]")) {
    const { dataset, image, method } = element.dataset;
    if (!views.has(dataset, image, method)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "to-view";
    button.title = `Show ${image}, ${views.index.methods[method]}`;
    button.append(...element.childNodes);
    button.addEventListener("click", () => {
      open(dataset, image, method).then(remember);
    });
    element.append(button);
  }

  const datasets = Object.keys(views.index.datasets);
  fill(control.dataset, datasets.map((name) => [name, name]));
  if (!openAddress()) choose(datasets[0], null, null);
})();
