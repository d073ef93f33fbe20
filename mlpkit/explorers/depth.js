// Depth: the size of δ, layer by layer, for a depth, an activation and a first scale.
import {
  announcer,
  change,
  choice,
  commit,
  fixed,
  frame,
  h,
  picture,
  powerOfTen,
  slider,
  svg,
  watch,
  write,
} from "./ui.js";

const TRAITS = ["activation", "depth", "scale", "norms", "scales"];
const [LOW, HIGH] = [-20, 20];
const WIDTH = 396;

// Position of the nearest entry to `scale` in the increasing list, by ratio.
export function nearest(scales, scale) {
  const off = scales.map((s) => Math.abs(Math.log(s / scale)));
  return off.indexOf(Math.min(...off));
}

// What the powers of ten do from the last layer back to the first.
export function verdict(powers) {
  const fall = powers[0] - powers.at(-1);
  if (fall < -2) return "vanishes";
  return fall > 2 ? "explodes" : "keeps its size";
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const live = announcer();
  const norms = get("norms"),
    scales = get("scales");
  const activation = choice("activation", Object.keys(norms), (picked) =>
    commit(model, { activation: picked }),
  );
  const depth = choice("layers", Object.keys(Object.values(norms)[0]), (picked) =>
    commit(model, { depth: Number(picked) }),
  );
  const scale = slider({
    name: "scale s",
    max: scales.length - 1,
    step: 1,
    leap: 4,
    onmove: (v) => commit(model, { scale: scales[v] }),
  });
  const scaleText = h("span", { class: "ex-number" });
  const drawing = picture(440, 240, { class: "depth-chart" }),
    content = svg("g");
  const beyond = svg("path", { class: "depth-beyond" });
  drawing.append(content, beyond);
  const [first, last] = [h("sup"), h("sup")];
  const count = h("span"),
    fate = h("strong"),
    how = h("span");
  let rects = [];

  const X = (layer, layers) => 44 + (WIDTH * layer) / layers,
    Y = (power) => 12 + (200 * (HIGH - power)) / (HIGH - LOW);
  // another number of layers is another drawing; otherwise only the bars' heights change
  function rebuild(layers) {
    rects = Array.from({ length: layers }, (_, i) =>
      svg("rect", { x: X(i + 0.075, layers), width: (0.85 * WIDTH) / layers }),
    );
    const name = (x, anchor, layer) =>
      svg("text", { x, y: 232, "text-anchor": anchor }, `layer ${layer}`);
    const grid = [];
    for (let power = LOW; power <= HIGH; power += 5)
      grid.push(
        svg("line", { x1: 40, x2: 44 + WIDTH, y1: Y(power), y2: Y(power), class: "ex-grid" }),
        powerOfTen(36, Y(power) + 4, "end", power),
      );
    const names = [name(44, "start", 1), name(44 + WIDTH, "end", layers)];
    content.replaceChildren(...grid, ...rects, ...names);
    write(count, ` in layer ${layers}: going back it `);
  }

  function draw() {
    const [name, layers, s] = TRAITS.map(get);
    const column = nearest(scales, s),
      table = norms[name][layers],
      powers = table[column];
    activation.set(name);
    depth.set(String(layers));
    scale.set(column, fixed(scales[column], 2));
    write(scaleText, fixed(scales[column], 2));
    if (rects.length !== layers) rebuild(layers);
    // a bar that does not end within the chart carries a point
    const points = powers.map((power, i) =>
      power > HIGH
        ? `M${X(i + 0.5, layers)} 4l5 6h-10z`
        : power < LOW
          ? `M${X(i + 0.5, layers)} 220l5 -6h-10z`
          : "",
    );
    change(beyond, { d: points.join("") });
    powers.forEach((power, i) => {
      const end = Math.min(HIGH, Math.max(LOW, power));
      change(rects[i], {
        y: Y(Math.max(0, end)),
        height: Math.max(1.5, Math.abs(Y(0) - Y(end))),
        class: Math.abs(power - powers.at(-1)) > 2 ? "depth-lost" : "depth-kept",
      });
    });
    write(first, fixed(powers[0], 2));
    write(last, fixed(powers.at(-1), 2));
    const word = verdict(powers);
    write(fate, word);
    write(how, word === "keeps its size" ? ", up to a factor of 100." : ".");
    live.say(`Scale ${fixed(scales[column], 2)}: δ ${word}.`);
  }

  const setting = (text, node) =>
    h("div", { class: "depth-setting" }, h("span", { class: "ex-label" }, text), node);
  frame(
    el,
    "Depth explorer",
    setting("activation", activation.node),
    setting("layers", depth.node),
    h(
      "div",
      { class: "depth-scale" },
      h("span", { class: "ex-label" }, "scale s, weights of size s/√n"),
      scale.node,
      scaleText,
    ),
    h("p", { class: "ex-head" }, "norm of ∂J/∂z = δ/N, layer by layer; going back is going left"),
    drawing,
    h("p", {}, "The norm is 10", first, " in layer 1, 10", last, count, fate, how),
    live.node,
  );
  const stop = watch(model, TRAITS, draw);
  return () => {
    stop();
    live.stop();
  };
}

export default { render };
