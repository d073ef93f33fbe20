// Depth: the size of δ, layer by layer, for a depth, an activation and a first scale.
import {
  announcer,
  choice,
  commit,
  fixed,
  frame,
  h,
  powerOfTen,
  slider,
  svg,
  watch,
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
  const drawing = svg("svg", {
    viewBox: "0 0 440 240",
    class: "depth-chart",
    "aria-hidden": "true",
  });
  const finding = h("p");

  const X = (layer, layers) => 44 + (WIDTH * layer) / layers,
    Y = (power) => 12 + (200 * (HIGH - power)) / (HIGH - LOW);
  function bars(powers) {
    const width = WIDTH / powers.length;
    drawing.replaceChildren();
    const put = (tag, attributes, ...children) => drawing.append(svg(tag, attributes, ...children));
    for (let power = LOW; power <= HIGH; power += 5) {
      put("line", { x1: 40, x2: 44 + WIDTH, y1: Y(power), y2: Y(power), class: "ex-grid" });
      drawing.append(powerOfTen(36, Y(power) + 4, "end", power));
    }
    powers.forEach((power, i) => {
      const end = Math.min(HIGH, Math.max(LOW, power)),
        top = Math.max(0, end);
      put("rect", {
        x: X(i + 0.075, powers.length),
        width: 0.85 * width,
        y: Y(top),
        height: Math.max(1.5, Math.abs(Y(0) - Y(end))),
        class: Math.abs(power - powers.at(-1)) > 2 ? "depth-lost" : "depth-kept",
      });
      if (i === 0 || i === powers.length - 1)
        put(
          "text",
          { x: X(i ? i + 1 : 0, powers.length), y: 232, "text-anchor": i ? "end" : "start" },
          `layer ${i + 1}`,
        );
    });
  }

  function draw() {
    const [name, layers, s] = TRAITS.map(get);
    const column = nearest(scales, s),
      table = norms[name][layers],
      powers = table[column];
    activation.set(name);
    depth.set(String(layers));
    scale.set(column, fixed(scales[column], 2));
    scaleText.textContent = fixed(scales[column], 2);
    bars(powers);
    const first = fixed(powers[0], 2),
      last = fixed(powers.at(-1), 2);
    finding.replaceChildren(
      "The norm is 10",
      h("sup", {}, first),
      " in layer 1, 10",
      h("sup", {}, last),
      ` in layer ${layers}: going back it `,
      h("strong", {}, verdict(powers)),
      ".",
    );
    live.say(`Scale ${scaleText.textContent}: δ ${verdict(powers)}.`);
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
      scale.input,
      scaleText,
    ),
    h("p", { class: "ex-head" }, "norm of ∂J/∂z = δ/N, layer by layer; going back is going left"),
    drawing,
    finding,
    live.node,
  );
  const stop = watch(model, TRAITS, draw);
  return () => {
    stop();
    live.stop();
  };
}

export default { render };
