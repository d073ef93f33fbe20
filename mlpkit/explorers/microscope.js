// Gradient microscope: both passes through a 3-4-3 network, and one of its weights up close.
import { HEADS, activationSlope, networkForward, oneHot, sum } from "./maths.js";
import {
  announcer,
  button,
  change,
  choice,
  commit,
  fixed,
  frame,
  h,
  picture,
  power,
  powerOfTen,
  slider,
  svg,
  watch,
  write,
} from "./ui.js";

const SIZES = [3, 4, 3];
const NETWORK = ["x", "parameters", "target", "activation", "output"];
const TRAITS = [...NETWORK, "weight", "h", "stage"];
const ACTIVATIONS = ["tanh", "relu", "sigmoid"];
const HEAD_NAMES = {
  softmax: "softmax + cross-entropy",
  sigmoid: "sigmoids + cross-entropy",
  identity: "squared error",
};
const LAST = 16; // 8 nodes on the way forward, the same 8 on the way back
const EPSILON = 2 ** -52;

// ---- mathematics

// Where W_ij of a layer, or b_i when j is 0, stands among the parameters.
export function place([layer, i, j]) {
  const [inputs, hidden, outputs] = SIZES;
  if (j === 0) return hidden * (inputs + outputs) + (layer - 1) * hidden + i - 1;
  return (layer - 1) * inputs * hidden + (i - 1) * SIZES[layer - 1] + j - 1;
}

// Both passes. Forward, every node keeps its input sum z, its f (a, ŷ or J) and its f′ (slope, or
// ŷ − y); back, it gets its δ. `back` is what arrives at a hidden node before f′ is multiplied in.
export function passes({ x, parameters, target, activation, output }) {
  const { a, z } = networkForward(x, SIZES, parameters, activation);
  const y = oneHot(SIZES[2], target);
  const delta = HEADS[output].delta(z[1], y);
  const slope = z[0].map((v) => activationSlope(v, activation));
  const back = slope.map((_, j) =>
    sum(delta.map((d, i) => parameters[place([2, i + 1, j + 1])] * d)),
  );
  return {
    a,
    z,
    slope,
    back,
    y,
    output: HEADS[output].activate(z[1]),
    loss: HEADS[output].loss(z[1], y),
    delta: [back.map((b, j) => b * slope[j]), delta],
  };
}

// The two factors of a weight's gradient: the error that comes back, and what went in.
export const factors = ({ a, delta }, [layer, i, j]) => [
  delta[layer - 1][i - 1],
  j ? a[layer - 1][j - 1] : 1,
];

const sums = ({ x, parameters, activation }, k, w) =>
  networkForward(x, SIZES, parameters.with(k, w), activation).z;

// (J(w + h) − J(w − h)) / 2h, where rounding has left some distance in place of 2h; else NaN.
export function centralDifference(network, weight, step) {
  const k = place(weight),
    y = oneHot(SIZES[2], network.target);
  const high = network.parameters[k] + step,
    low = network.parameters[k] - step;
  const loss = (w) => HEADS[network.output].loss(sums(network, k, w)[1], y);
  return (loss(high) - loss(low)) / (high - low);
}

// Whether a ReLU switches between w − h and w + h.
export function kinked(network, weight, step) {
  if (network.activation !== "relu") return false;
  const k = place(weight);
  const [low, high] = [-step, step].map((by) => sums(network, k, network.parameters[k] + by)[0]);
  return low.some((z, i) => z > 0 !== high[i] > 0);
}

export function relativeError(a, b) {
  if (a === b) return 0;
  return Number.isNaN(a + b) ? 1 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}

// What the error is made of. Each loss is rounded to about ε(1 + J), so the quotient by ε(1 + J)/h.
export function regime(exact, difference, loss, step, kink) {
  if (Number.isNaN(difference)) return "lost";
  if (kink) return "kink";
  if (exact === 0 && difference === 0) return "zero";
  return Math.abs(exact - difference) <= (2 * EPSILON * (1 + loss)) / step
    ? "rounding"
    : "truncation";
}
const VERDICTS = {
  lost: "h is too small to move w: w + h and w − h round to the same number.",
  kink: "A ReLU switches between w − h and w + h: the difference means nothing there.",
  zero: "Both are exactly 0: one factor is.",
  rounding:
    "Rounding rules: the two losses agree in nearly all digits, and a smaller step makes it worse.",
  truncation:
    "Truncation rules: while h is small, a tenth of it leaves about a hundredth of the error.",
};

// The four steps in a decade that the slider knows.
export const stepAt = (power) => Number((10 ** power).toPrecision(3));

// Node and direction of a stage: hidden 1 to 4, outputs 1 to 3, the loss; then in reverse.
export function nodeAt(stage) {
  const nth = stage > LAST / 2 ? LAST + 1 - stage : stage;
  const layer = nth > 7 ? 3 : nth > 4 ? 2 : 1;
  return { layer, i: layer === 3 ? 1 : nth - (layer === 2 ? 4 : 0), back: stage > LAST / 2 };
}
// The stage at which a node is done on the way forward; on the way back it is LAST + 1 − that.
export const stageOf = (layer, i) => i + [0, 0, 4, 7][layer];

// ---- the drawing's plan, inputs at the top: it fits a phone

const BOX = 89,
  TOPS = [2, 92, 216, 300],
  HEIGHTS = [26, 60, 40, 60];
const spread = (layer, i) => 21 + (362 * (i - 0.5)) / SIZES[layer];
const BIAS = 10; // centre and, nearly, radius of the circle that holds the constant 1
const WEIGHTS = [1, 2].flatMap((layer) =>
  Array.from({ length: SIZES[layer] }, (_, i) =>
    Array.from({ length: SIZES[layer - 1] + 1 }, (_, j) => [layer, i + 1, j]),
  ).flat(),
);
export const ends = ([layer, i, j]) => ({
  x1: j ? spread(layer - 1, j) : BIAS,
  y1: TOPS[layer - 1] + HEIGHTS[layer - 1],
  x2: spread(layer, i) - (j ? 0 : 12),
  y2: TOPS[layer],
});

// The weight whose edge is nearest to a point of the drawing, if any is within `reach`.
export function nearestWeight(x, y, reach = 14) {
  const distance = (weight) => {
    const { x1, y1, x2, y2 } = ends(weight);
    const along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2);
    const t = Math.min(1, Math.max(0, along));
    return Math.hypot(x - x1 - t * (x2 - x1), y - y1 - t * (y2 - y1));
  };
  const all = WEIGHTS.map(distance),
    least = Math.min(...all);
  return least <= reach ? WEIGHTS[all.indexOf(least)] : null;
}

// The node whose box holds a point, as [layer, i].
export function nodeUnder(x, y) {
  for (const layer of [1, 2, 3]) {
    if (y < TOPS[layer] || y > TOPS[layer] + HEIGHTS[layer]) continue;
    if (layer === 3) return x > 21 && x < 383 ? [3, 1] : null;
    for (let i = 1; i <= SIZES[layer]; i++)
      if (Math.abs(x - spread(layer, i)) <= BOX / 2) return [layer, i];
  }
  return null;
}

// ---- text

const below = (i) => "₀₁₂₃₄"[i];
// indices before the layer, or a line could break between them
const letter = (name, layer, ...indices) =>
  `${name}${indices.map(below).join("")}${["", "⁽¹⁾", "⁽²⁾"][layer]}`;
const nameOf = ([layer, i, j]) => (j ? letter("W", layer, i, j) : letter("b", layer, i));
const inputOf = (layer, j) => (j ? letter(layer === 1 ? "x" : "a", layer - 1, j) : "1");

// For the boxes: at most six characters.
export function brief(x) {
  const size = Math.abs(x);
  if ((size > 0 && size < 0.0005) || size >= 9999.5) return power(x, 0);
  return fixed(x, size < 9.9995 ? 3 : size < 99.995 ? 2 : 0);
}
// For sentences: up to four decimals, or three digits where these would say too little.
export const written = (x) => {
  const size = Math.abs(x);
  return (size > 0 && size < 0.01) || size >= 1e5 ? power(x, 2) : trimmed(fixed(x, 4));
};
const trimmed = (text) => text.replace(/\.0+$|(?<=\.\d+)0+$/, "");
const factor = (x) => (x < 0 ? `(${written(x)})` : written(x));
const products = (pairs) => pairs.map((pair) => pair.map(factor).join("·")).join(" + ");
const vector = (values) => `(${values.map(written).join(", ")})`;

const LOSSES = {
  softmax: ({ target }) => `J = −ln ŷ${below(target + 1)}`,
  sigmoid: () => "J = −Σ (y ln ŷ + (1 − y) ln (1 − ŷ))",
  identity: () => "J = ½ Σ (ŷ − y)²",
};

// What the node of a stage has just done, with its numbers.
export function sentence(network, stage) {
  if (stage === 0)
    return "Both passes start from the input, the weights and the target. What the picked weight needs of them is worked out already.";
  const { parameters, output } = network;
  const { layer, i, back } = nodeAt(stage);
  const found = passes(network);
  const { a, z, slope, loss, y } = found;
  if (layer === 3 && back) return "The way back starts with ∂J/∂J = 1.";
  if (layer === 3)
    return `ŷ = ${vector(found.output)}, y = (${y.join(", ")}). f: ${LOSSES[output](network)} = ${written(loss)}. f′: ŷ − y = ${vector(found.delta[1])}.`;
  const delta = written(found.delta[layer - 1][i - 1]);
  if (back && layer === 2)
    return `${letter("δ", 2, i)} = f′ of the loss times 1 = ŷ${below(i)} − y${below(i)} = ${delta}.`;
  if (back) {
    const pairs = found.delta[1].map((d, k) => [parameters[place([2, k + 1, i])], d]);
    const letters = pairs.map((_, k) => letter("W", 2, k + 1, i) + letter("δ", 2, k + 1));
    return `Back at ${letter("a", 1, i)}: ${letters.join(" + ")} = ${products(pairs)} = ${written(found.back[i - 1])}. Times f′: ${letter("δ", 1, i)} = ${factor(found.back[i - 1])}·${written(slope[i - 1])} = ${delta}.`;
  }
  const pairs = a[layer - 1].map((v, j) => [parameters[place([layer, i, j + 1])], v]);
  const total = `${letter("z", layer, i)} = ${products(pairs)} + ${factor(parameters[place([layer, i, 0])])} = ${written(z[layer - 1][i - 1])}.`;
  if (layer === 2 && output === "identity") return `${total} It is ŷ${below(i)} itself.`;
  if (layer === 2) return `${total} The loss will turn it into ŷ${below(i)}.`;
  return `${total} f: ${letter("a", 1, i)} = ${network.activation}(${letter("z", 1, i)}) = ${written(a[1][i - 1])}. f′ = ${written(slope[i - 1])}.`;
}

// ---- the page

function networkDrawing(ontap) {
  const drawing = picture(386, 362, {
    class: "micro-network",
    onclick: (event) => {
      const box = drawing.getBoundingClientRect(),
        scale = 386 / box.width;
      ontap((event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
    },
  });
  const edges = WEIGHTS.map((weight) => svg("line", ends(weight)));
  const toLoss = [1, 2, 3].map((i) =>
    svg("line", { x1: spread(2, i), x2: spread(2, i), y1: TOPS[2] + HEIGHTS[2], y2: TOPS[3] }),
  );
  drawing.append(...edges, ...toLoss);
  for (const layer of [0, 1]) {
    const cy = TOPS[layer] + HEIGHTS[layer] - 9;
    drawing.append(
      svg("circle", { cx: BIAS, cy, r: 9, class: "micro-box" }),
      svg("text", { x: BIAS, y: cy + 4, "text-anchor": "middle" }, "1"),
    );
  }
  const box = (layer, i, width, x = spread(layer, i)) => {
    const top = TOPS[layer];
    const node = svg("rect", {
      x: x - width / 2,
      y: top,
      width,
      height: HEIGHTS[layer],
      rx: 5,
      class: "micro-box",
    });
    drawing.append(node);
    const put = (dx, dy, name = "") => {
      const spot = svg("text", { x: x + dx, y: top + dy, "text-anchor": "middle", class: name });
      drawing.append(spot);
      return spot;
    };
    const rule = (d) => drawing.append(svg("path", { d, class: "ex-grid" }));
    return { node, put, rule, left: x - width / 2, top };
  };
  const inputs = [1, 2, 3].map((i) => box(0, i, BOX).put(0, 18));
  const hidden = [1, 2, 3, 4].map((i) => {
    const { node, put, rule, left, top } = box(1, i, BOX);
    rule(`M${left} ${top + 20}h${BOX}m${-BOX} 20h${BOX}M${left + BOX / 2} ${top + 20}v20`);
    return {
      node,
      z: put(0, 15),
      f: put(-BOX / 4, 35, "micro-forward"),
      slope: put(BOX / 4, 35, "micro-forward"),
      delta: put(0, 55, "micro-back"),
    };
  });
  const outputs = [1, 2, 3].map((i) => {
    const { node, put, rule, left, top } = box(2, i, BOX + 14);
    rule(`M${left} ${top + 20}h${BOX + 14}`);
    return { node, z: put(0, 15, "micro-forward"), delta: put(0, 35, "micro-back") };
  });
  const loss = box(3, 2, 362, spread(2, 2));
  loss.rule(`M${loss.left} ${loss.top + 20}h362m-362 20h362`);
  return {
    drawing,
    edges,
    toLoss,
    inputs,
    hidden,
    outputs,
    loss: {
      node: loss.node,
      slopes: [1, 2, 3].map((i) => loss.put(spread(2, i) - spread(2, 2), 15, "micro-forward")),
      f: loss.put(0, 35, "micro-forward"),
      delta: loss.put(0, 55, "micro-back"),
    },
  };
}

// Relative error against h, both by powers of ten; exact agreement lies on the floor.
const POWERS = Array.from({ length: 65 }, (_, i) => -16 + i / 4);
const [CEILING, FLOOR] = [1, -17];
const across = (p) => 44 + (260 * (p + 16)) / 16;
const down = (error) =>
  10 + (150 * (CEILING - Math.max(FLOOR, Math.log10(error)))) / (CEILING - FLOOR);

function errorChart() {
  const drawing = picture(316, 200);
  for (let p = -16; p <= 0; p += 4)
    drawing.append(
      svg("line", { x1: 40, x2: 304, y1: down(10 ** p), y2: down(10 ** p), class: "ex-grid" }),
      powerOfTen(36, down(10 ** p) + 4, "end", p),
      powerOfTen(across(p), 178, "middle", p),
    );
  const curve = svg("polyline", { class: "micro-curve" });
  const now = svg("circle", { r: 6, class: "micro-now" });
  const label = (x, y, anchor, words = "") => svg("text", { x, y, "text-anchor": anchor }, words);
  drawing.append(label(across(-8), 196, "middle", "step h"), curve, now);
  // below the arms of the V, each only where it has one: its foot would cross the word
  const arms = { rounding: label(48, 150, "start"), truncation: label(300, 150, "end") };
  drawing.append(...Object.values(arms));
  const draw = (errors, regimes) => {
    curve.setAttribute(
      "points",
      POWERS.map((p, i) => `${across(p).toFixed(1)},${down(errors[i]).toFixed(1)}`).join(" "),
    );
    for (const [regime, spot] of Object.entries(arms))
      write(spot, regimes.includes(regime) ? regime : "");
  };
  return { drawing, draw, now };
}

function render({ model, el }) {
  const state = (names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const start = state(TRAITS);
  const live = announcer();
  const net = networkDrawing((x, y) => {
    const weight = nearestWeight(x, y),
      node = nodeUnder(x, y);
    if (node) {
      // a second tap shows the same node on the way back
      const forward = stageOf(...node);
      commit(model, {
        stage: model.get("stage") === forward ? LAST + 1 - forward : forward,
      });
    } else if (weight) commit(model, { weight });
  });
  const activation = choice("activation", ACTIVATIONS, (picked) =>
    commit(model, { activation: picked }),
  );
  const head = choice("head", Object.values(HEAD_NAMES), (picked) =>
    commit(model, {
      output: Object.keys(HEAD_NAMES).find((key) => HEAD_NAMES[key] === picked),
    }),
  );

  const stage = slider({
    name: "nodes done",
    max: LAST,
    step: 1,
    leap: 4,
    onmove: (v) => commit(model, { stage: v }),
  });
  const stageText = h("span", { class: "ex-number" });
  const story = h("p", { class: "micro-story" });
  const turn = (by) =>
    button("", () => commit(model, { stage: (model.get("stage") + by + LAST + 1) % (LAST + 1) }));
  const [before, next] = [turn(-1), turn(1)];

  const cells = WEIGHTS.map((weight) => {
    const [layer, i, j] = weight;
    const from = j ? `from ${layer === 1 ? "input" : "hidden"} ${j}` : "bias";
    const input = h("input", {
      type: "radio",
      name: "weight",
      onchange: () => commit(model, { weight }),
    });
    const value = h("span");
    const name = h("span", { class: "ex-hidden" }, `layer ${layer}, ${from} to neuron ${i}: `);
    return { input, value, node: h("label", { class: "micro-cell" }, input, name, value) };
  });
  const matrix = (layer) => {
    const silent = (text) => h("span", { "aria-hidden": "true" }, text);
    const row = (i) => [
      silent(letter("z", layer, i)),
      ...cells.filter((_, k) => `${WEIGHTS[k]}`.startsWith(`${layer},${i},`)).map((c) => c.node),
    ];
    const sources = Array.from({ length: SIZES[layer - 1] + 1 }, (_, j) =>
      silent(j ? inputOf(layer, j) : "bias"),
    );
    return h(
      "div",
      { class: layer === 1 ? "micro-matrix micro-layer1" : "micro-matrix micro-layer2" },
      silent(`layer ${layer}`),
      ...sources,
      ...Array.from({ length: SIZES[layer] }, (_, i) => row(i + 1)).flat(),
    );
  };

  const formula = h("p", { class: "micro-formula" });
  const step = slider({
    name: "step h",
    min: -16,
    max: 0,
    step: 0.25,
    leap: 1,
    onmove: (v) => commit(model, { h: stepAt(v) }),
  });
  const stepText = h("span", { class: "ex-number" });
  const rows = ["δ · a", "difference", "relative error"].map((name) => {
    const value = h("td");
    return { value, node: h("tr", {}, h("th", { scope: "row" }, name), value) };
  });
  const chart = errorChart();
  const verdict = h("p");
  let said,
    curveOf,
    onPaper = false; // on which nobody can step from node to node

  function drawNetwork() {
    const network = state(NETWORK),
      done = model.get("stage") || (onPaper ? LAST : 0),
      weight = model.get("weight");
    const found = passes(network),
      now = nodeAt(done);
    activation.set(network.activation);
    head.set(HEAD_NAMES[network.output]);
    stage.set(done, `${done} of ${LAST}`);
    write(stageText, `${done} of ${LAST}`);
    write(before, done === 0 ? "To the end" : "Node before");
    write(next, done === LAST ? "To the beginning" : "Next node");
    write(story, sentence(network, done));

    const known = (layer, i) => done >= stageOf(layer, i),
      returned = (layer, i) => done > LAST - stageOf(layer, i);
    const show = (is, value) => (is ? brief(value) : "·");
    const mark = (node, layer, i) =>
      node.classList.toggle("micro-active", done > 0 && now.layer === layer && now.i === i);
    net.inputs.forEach((node, i) => {
      write(node, `x${below(i + 1)} = ${trimmed(brief(network.x[i]))}`);
    });
    net.hidden.forEach(({ node, z, f, slope, delta }, i) => {
      write(z, `z${below(i + 1)} ${show(known(1, i + 1), found.z[0][i])}`);
      write(f, show(known(1, i + 1), found.a[1][i]));
      write(slope, show(known(1, i + 1), found.slope[i]));
      write(delta, `δ${below(i + 1)} ${show(returned(1, i + 1), found.delta[0][i])}`);
      mark(node, 1, i + 1);
    });
    net.outputs.forEach(({ node, z, delta }, i) => {
      write(z, `z${below(i + 1)} ${show(known(2, i + 1), found.z[1][i])}`);
      write(delta, `δ${below(i + 1)} ${show(returned(2, i + 1), found.delta[1][i])}`);
      mark(node, 2, i + 1);
    });
    net.loss.slopes.forEach((slope, i) => {
      write(slope, `f′ ${show(known(3, 1), found.delta[1][i])}`);
    });
    write(net.loss.f, `f = J = ${show(known(3, 1), found.loss)}`);
    write(net.loss.delta, `∂J/∂J ${show(returned(3, 1), 1)}`);
    mark(net.loss.node, 3, 1);

    const way = now.back ? "micro-way-back" : "micro-way-forward";
    net.edges.forEach((edge, k) => {
      const [layer, i, j] = WEIGHTS[k],
        value = network.parameters[place(WEIGHTS[k])];
      const used = now.back
        ? j === now.i && now.layer === layer - 1
        : i === now.i && now.layer === layer;
      const picked = `${WEIGHTS[k]}` === `${weight}`;
      change(edge, {
        class: `micro-edge ${done && used ? way : ""} ${picked ? "micro-picked" : ""}`,
        "stroke-dasharray": value < 0 ? "4 3" : "none",
      });
      write(cells[k].value, trimmed(fixed(value, 2)));
      cells[k].input.checked = picked;
    });
    net.toLoss.forEach((edge, i) => {
      const used = now.layer === 3 ? !now.back : now.layer === 2 && now.back && now.i === i + 1;
      change(edge, { class: `micro-edge ${done && used ? way : ""}` });
    });
  }

  function drawLens() {
    const network = state(NETWORK),
      weight = model.get("weight"),
      size = model.get("h");
    const found = passes(network),
      [delta, source] = factors(found, weight),
      exact = delta * source;
    const measured = centralDifference(network, weight, size),
      error = relativeError(exact, measured);
    const [layer, i, j] = weight;
    write(
      formula,
      `∂J/∂${nameOf(weight)} = ${letter("δ", layer, i)} · ${inputOf(layer, j)} = ${factor(delta)} · ${factor(source)} = ${written(exact)}`,
    );
    step.set(Math.log10(size), power(size, 2));
    write(stepText, power(size, 2));
    write(rows[0].value, fixed(exact, 12));
    write(rows[1].value, Number.isNaN(measured) ? "0 / 0" : fixed(measured, 12));
    write(rows[2].value, error === 0 ? "0" : power(error, 1));
    const regimeAt = (difference, by) =>
      regime(exact, difference, found.loss, by, kinked(network, weight, by));
    write(verdict, VERDICTS[regimeAt(measured, size)]);

    // sliding h moves the dot along a curve that stays
    const key = JSON.stringify([network, weight]);
    if (curveOf !== (curveOf = key)) {
      const steps = POWERS.map(stepAt),
        differences = steps.map((by) => centralDifference(network, weight, by));
      chart.draw(
        differences.map((d) => relativeError(exact, d)),
        differences.map((d, k) => regimeAt(d, steps[k])),
      );
    }
    change(chart.now, { cx: across(Math.log10(size)), cy: down(error) });
  }

  // only what has changed is spoken
  function speak() {
    const done = model.get("stage");
    const lens = `${formula.textContent}. Relative error ${rows[2].value.textContent} at step ${stepText.textContent}.`;
    live.say(
      said === undefined || said === done ? lens : `${done} of ${LAST}: ${story.textContent}`,
    );
    said = done;
  }

  frame(
    el,
    "Gradient microscope",
    h(
      "div",
      { class: "micro-settings" },
      activation.node,
      button("Start again", () => commit(model, start)),
      head.node,
    ),
    h(
      "div",
      { class: "micro-main" },
      h(
        "div",
        {},
        net.drawing,
        h(
          "p",
          { class: "ex-head" },
          "A neuron’s box: z; then f, which is its a, and f′; then δ. Dashed: a negative weight. Tap a box to see its step, an edge to pick its weight.",
        ),
        h("div", { class: "ex-buttons" }, before, next),
        h("div", { class: "micro-step" }, stage.node, stageText),
        story,
      ),
      h(
        "div",
        {},
        // a form of its own keeps these radio buttons apart from those of the next figure
        h("form", {}, h("fieldset", { "aria-label": "weight" }, matrix(1), matrix(2))),
        formula,
        h(
          "div",
          { class: "micro-step" },
          h("span", { class: "ex-label" }, "h in (J(w + h) − J(w − h)) / 2h"),
          step.node,
          stepText,
        ),
        h("p", { class: "ex-head" }, "relative error"),
        chart.drawing,
        h("table", { class: "ex-table" }, h("tbody", {}, ...rows.map((row) => row.node))),
      ),
    ),
    verdict,
    live.node,
  );
  const stops = [
    watch(model, [...NETWORK, "weight", "stage"], drawNetwork),
    watch(model, [...NETWORK, "weight", "h"], drawLens),
    watch(model, TRAITS, speak),
  ];
  const print = ({ type }) => {
    onPaper = type === "beforeprint";
    drawNetwork();
  };
  for (const type of ["beforeprint", "afterprint"]) {
    addEventListener(type, print);
    stops.push(() => removeEventListener(type, print));
  }
  return () => {
    stops.forEach((stop) => stop());
    live.stop();
  };
}

export default { render };
