// Draw a digit: prepared as MNIST's were, read by a network that may also say that it cannot.
import { DIGIT_NETWORK } from "./digit_network.js";
import { networkLogits, softmax } from "./maths.js";
import {
  announcer,
  bar,
  button,
  commit,
  fixed,
  frame,
  h,
  probability,
  temperatureSlider,
  temperatureText,
  watch,
  write,
} from "./ui.js";

const TRAITS = ["pixels", "temperature"];
const SIDE = 28,
  BOX = 20,
  MIDDLE = 14.5, // where MNIST balances its digits, to the right of and below the exact middle
  BRUSH = 1.1; // radius of the pen, in cells
const NOTHING = Array(SIDE * SIDE).fill(0);
// the pen's ways, as x and y in cells
// prettier-ignore
const PRESETS = {
  seven: [[[7, 6], [20, 6], [15, 14], [12, 23]]],
  "four or nine": [
    [[13.2, 5], [10, 7], [9, 12], [13, 14], [18, 12]],
    [[18, 6], [18, 14], [17, 23]],
  ],
  "a dot": [[[14, 14]]],
  "a scribble": [
    [[5, 20], [9, 6], [12, 21], [15, 7], [18, 22], [21, 5], [8, 9], [22, 13], [6, 15], [20, 19]],
  ],
  "the letter H": [
    [[9, 5], [9, 23]],
    [[19, 5], [19, 23]],
    [[9, 14], [19, 14]],
  ],
};

// The drawing after the pen has gone straight from (x0, y0) to (x1, y1).
export function stroke(pixels, [x0, y0], [x1, y1]) {
  const dx = x1 - x0,
    dy = y1 - y0,
    length = dx * dx + dy * dy || 1;
  const [left, right, top, bottom] = [
    Math.min(x0, x1) - 2,
    Math.max(x0, x1) + 2,
    Math.min(y0, y1) - 2,
    Math.max(y0, y1) + 2,
  ];
  return pixels.map((before, i) => {
    const x = (i % SIDE) + 0.5,
      y = Math.floor(i / SIDE) + 0.5;
    if (x < left || x > right || y < top || y > bottom) return before; // a hand moves often
    const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length));
    const away = Math.sqrt((x0 + along * dx - x) ** 2 + (y0 + along * dy - y) ** 2);
    const ink = Math.floor(255 * Math.min(1, Math.max(0, BRUSH + 0.5 - away)) + 0.5);
    return Math.max(before, ink);
  });
}

// How much of each new cell each old one covers, along one axis: pairs of old cell and share.
function covered(mass, scale) {
  const total = mass.reduce((a, b) => a + b, 0);
  const centre = mass.reduce((a, m, i) => a + m * (i + 0.5), 0) / total;
  const edge = (i) => (i - MIDDLE) / scale + centre;
  return Array.from({ length: SIDE }, (_, i) =>
    mass.flatMap((_, old) => {
      const low = Math.max(edge(i), old),
        high = Math.min(edge(i + 1), old + 1);
      return high > low ? [[old, (high - low) * scale]] : [];
    }),
  );
}

// The drawing scaled into 20 × 20 and centred by its ink in 28 × 28, as numbers from 0 to 1.
export function prepare(pixels) {
  const ink = pixels.map((v) => v / 255);
  const at = [...NOTHING.keys()].filter((i) => ink[i] > 0);
  if (!at.length) return ink;
  const rows = at.map((i) => Math.floor(i / SIDE)),
    columns = at.map((i) => i % SIDE);
  const length = (cells) => Math.max(...cells) - Math.min(...cells) + 1;
  const scale = BOX / Math.max(length(rows), length(columns));
  const mass = [Array(SIDE).fill(0), Array(SIDE).fill(0)];
  at.forEach((i, n) => {
    mass[0][rows[n]] += ink[i];
    mass[1][columns[n]] += ink[i];
  });
  const [down, across] = mass.map((m) => covered(m, scale));
  const image = Array(SIDE * SIDE).fill(0);
  for (let row = 0; row < SIDE; row++) {
    const mixed = Array(SIDE).fill(0);
    for (const [old, share] of down[row])
      for (let c = 0; c < SIDE; c++) mixed[c] += share * ink[old * SIDE + c];
    for (let column = 0; column < SIDE; column++)
      image[row * SIDE + column] = across[column].reduce(
        (a, [c, share]) => a + share * mixed[c],
        0,
      );
  }
  return image;
}

// All weights, each its int8 times the scale of its row, then all biases.
export function unpack({ sizes, weights, scales, biases }) {
  const bytes = atob(weights);
  const parameters = new Float64Array(bytes.length + biases.length);
  let k = 0,
    row = 0;
  for (let layer = 1; layer < sizes.length; layer++)
    for (let i = 0; i < sizes[layer]; i++) {
      const scale = scales[row++];
      for (const end = k + sizes[layer - 1]; k < end; k++)
        parameters[k] = ((bytes.charCodeAt(k) << 24) >> 24) * scale;
    }
  parameters.set(biases, k);
  return parameters;
}

const PARAMETERS = unpack(DIGIT_NETWORK);
export const digitLogits = (image) => networkLogits(image, DIGIT_NETWORK.sizes, PARAMETERS, "relu");

// The digit, or null when nothing is drawn or no digit is probable enough at temperature 1.
export function answerOf(pixels, probs) {
  const top = Math.max(...probs);
  return pixels.some((v) => v) && top >= DIGIT_NETWORK.threshold ? probs.indexOf(top) : null;
}

// Black ink on the canvas's white paper, in both themes.
function paint(canvas, greys) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  greys.forEach((grey, i) => (image.data[4 * i + 3] = grey));
  context.putImageData(image, 0, 0);
}

const percent = (share) => `${fixed(100 * share, 1)} %`;

function render({ model, el }) {
  const get = (name) => model.get(name);
  const start = Object.fromEntries(TRAITS.map((name) => [name, get(name)]));
  const live = announcer();
  const pen = { at: [14.5, 6.5], down: false, held: null };
  const canvas = () => h("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" });
  const drawing = canvas(),
    prepared = canvas();
  const ring = h("span", { class: "digit-pen", "aria-hidden": "true" });
  const hint = h("p", { class: "ex-head" });
  const said = h("p", { class: "digit-answer" });

  const put = (pixels) => commit(model, { pixels });
  const line = (from, to) => put(stroke(get("pixels"), from, to));
  function load(paths) {
    let pixels = NOTHING;
    for (const path of paths)
      path.forEach((point, i) => (pixels = stroke(pixels, point, path[i + 1] ?? point)));
    put(pixels);
  }
  function showPen() {
    ring.style.left = `${(100 * pen.at[0]) / SIDE}%`;
    ring.style.top = `${(100 * pen.at[1]) / SIDE}%`;
    ring.classList.toggle("digit-down", pen.down);
    write(
      hint,
      pen.down
        ? "The pen is down: arrow keys draw, space lifts it."
        : "Draw with mouse or finger. Keys: arrows move the pen, space puts it down.",
    );
  }

  const where = (event) => {
    const { box } = pen.held;
    return [
      ((event.clientX - box.left) / box.width) * SIDE,
      ((event.clientY - box.top) / box.height) * SIDE,
    ];
  };
  const lift = () => (pen.held = null);
  const pad = h(
    "div",
    {
      class: "digit-pad",
      tabindex: "0",
      role: "application",
      "data-lm-suppress-shortcuts": "true", // in JupyterLab, arrow keys would change the cell
      "aria-label": "Drawing pad. Arrow keys move the pen, space puts it down or lifts it.",
      onpointerdown: (event) => {
        if (event.button || pen.held) return;
        pad.setPointerCapture(event.pointerId);
        pen.held = { box: pad.getBoundingClientRect(), id: event.pointerId };
        pen.held.last = where(event);
        line(pen.held.last, pen.held.last);
      },
      onpointermove: (event) => {
        if (event.pointerId !== pen.held?.id) return;
        const between = event.getCoalescedEvents?.() ?? [];
        let pixels = get("pixels");
        // a quick hand moves several times between two frames
        for (const one of between.length ? between : [event]) {
          const now = where(one);
          pixels = stroke(pixels, pen.held.last, now);
          pen.held.last = now;
        }
        put(pixels);
      },
      onlostpointercapture: lift,
      onkeydown: (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
        const move = way[event.key];
        const before = pen.at;
        if (move) {
          const by = event.shiftKey ? 4 : 1;
          pen.at = before.map((v, i) => Math.min(SIDE - 0.5, Math.max(0.5, v + by * move[i])));
        } else if (event.key === " ") pen.down = !pen.down;
        else if (event.key === "Escape") pen.down = false;
        else return;
        event.preventDefault();
        showPen();
        if (pen.down) line(before, pen.at);
        speak(
          `Pen ${pen.down ? "down" : "up"}, column ${pen.at[0] + 0.5}, row ${pen.at[1] + 0.5}.`,
        );
      },
    },
    drawing,
    ring,
  );

  const rows = Array.from({ length: 10 }, (_, digit) => {
    const row = { bar: bar(), p: h("span", { class: "ex-number" }) };
    row.node = h(
      "div",
      { class: "digit-row", role: "group", "aria-label": `digit ${digit}` },
      h("span", {}, String(digit)),
      row.bar.track,
      row.p,
    );
    return row;
  });
  const bars = h("div", { class: "digit-bars" }, ...rows.map((row) => row.node));

  const temperature = temperatureSlider(model);

  let words, read, logits;
  const speak = (before = "") => live.say(`${before} ${words}`.trim());
  function draw() {
    const [pixels, t] = TRAITS.map(get);
    if (read !== pixels) {
      read = pixels;
      const image = prepare(pixels);
      logits = digitLogits(image);
      paint(drawing, pixels);
      paint(
        prepared,
        image.map((v) => 255 * v),
      );
    }
    const probs = softmax(logits, t),
      plain = softmax(logits);
    const digit = answerOf(pixels, plain),
      top = Math.max(...plain);
    rows.forEach((row, k) => {
      row.bar.set(probs[k]);
      write(row.p, probability(probs[k]));
      row.node.classList.toggle("digit-top", k === digit);
    });
    bars.classList.toggle("digit-unsure", digit === null);
    temperature.set(t);
    const limit = fixed(DIGIT_NETWORK.threshold, 2);
    if (!pixels.some((v) => v)) words = "Nothing is drawn: no answer.";
    else if (digit === null)
      words = `I do not know. My best guess, ${plain.indexOf(top)}, has ${fixed(top, 2)} at T\u00a0=\u00a01, and I answer from ${limit} on.`;
    else {
      const now =
        t === 1 ? "" : `, and ${probability(probs[digit])} at T\u00a0=\u00a0${temperatureText(t)}`;
      words = `I read ${digit}, with ${probability(top)} at T\u00a0=\u00a01${now}.`;
    }
    write(said, words);
    speak();
  }

  const { refused, wrong, nonsense, unseen } = DIGIT_NETWORK.measured;
  frame(
    el,
    "Draw a digit explorer",
    h(
      "div",
      { class: "ex-buttons" },
      button("Clear", () => put(NOTHING)),
      ...Object.entries(PRESETS).map(([name, paths]) => button(name, () => load(paths))),
      button("Start again", () => commit(model, start)),
    ),
    h(
      "div",
      { class: "digit-parts" },
      h("div", { class: "digit-draw" }, h("p", { class: "ex-head" }, "your drawing"), pad, hint),
      h(
        "div",
        {},
        h("p", { class: "ex-head" }, "what the network sees"),
        h("div", { class: "digit-seen" }, prepared),
        h(
          "p",
          { class: "ex-head" },
          "scaled into the square of 20\u00a0×\u00a020 cells, its ink balanced on the cross",
        ),
      ),
      h("div", { class: "digit-said" }, said, bars),
    ),
    h(
      "div",
      { class: "ex-setting" },
      h("span", { class: "ex-label" }, "divide all logits by temperature T"),
      temperature.node,
      temperature.text,
    ),
    h(
      "p",
      { class: "ex-head" },
      `How far to trust it: of 10,000 test digits it refuses ${percent(refused)}, and ${percent(wrong)} of its answers are wrong. It still answers ${percent(nonsense)} of dots, dashes, noise and scribbles, and ${percent(unseen)} of letters, crosses and pairs of digits, which it never met in training.`,
    ),
    live.node,
  );
  showPen();
  const stop = watch(model, TRAITS, draw);
  return () => {
    stop();
    live.stop();
  };
}

export default { render };
