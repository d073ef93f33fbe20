// Training replay: decision regions, loss and gradient norms of recorded runs, epoch by epoch.
import { networkLogits, softmax } from "./maths.js";
import {
  announcer,
  change,
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

const TRAITS = ["runs", "points", "epoch"];
const GRID = 48,
  SIDE = 288;
// one light palette for both themes: a plot keeps its paper
const REGION = [
  [126, 174, 232],
  [240, 172, 104],
  [140, 200, 150],
  [200, 160, 210],
];
// written out, as a page keeps only the styles whose names it finds
const RUNS = ["replay-run0", "replay-run1"],
  NAMES = ["replay-name0", "replay-name1"],
  LAYERS = ["replay-layer0", "replay-layer1", "replay-layer2", "replay-layer3"];
const INK = ["#0b3d78", "#7a3300", "#0d5223", "#5a1a70"];

// Index of the last recorded epoch that is not after `epoch`.
export const frameAt = (epochs, epoch) =>
  epochs.reduce((found, e, i) => (e <= epoch ? i : found), 0);

// Least and greatest power of ten that hold the positive values, at least one decade apart.
export function decades(values) {
  const powers = values.filter((v) => v > 0 && Number.isFinite(v)).map(Math.log10);
  if (!powers.length) return [-1, 0];
  const low = Math.floor(Math.min(...powers));
  return [low, Math.max(low + 1, Math.ceil(Math.max(...powers)))];
}

// Square plot area of the points, a little wider than they are.
export function bounds(points) {
  const most = Math.max(1e-9, ...points.flatMap(([x, y]) => [Math.abs(x), Math.abs(y)]));
  return 1.15 * most;
}

// The regions of one recorded epoch, GRID × GRID pixels.
function regions(run, parameters, reach) {
  const canvas = h("canvas", { width: GRID, height: GRID });
  const context = canvas.getContext("2d");
  const image = context.createImageData(GRID, GRID);
  const at = (i) => ((i + 0.5) / GRID) * 2 * reach - reach;
  for (let row = 0, pixel = 0; row < GRID; row++)
    for (let column = 0; column < GRID; column++) {
      const probs = softmax(
        networkLogits([at(column), -at(row)], run.sizes, parameters, run.activation),
      );
      const top = Math.max(...probs),
        sure = (top - 1 / probs.length) / (1 - 1 / probs.length);
      for (const colour of REGION[probs.indexOf(top)])
        image.data[pixel++] = 255 + (colour - 255) * (0.25 + 0.75 * sure);
      image.data[pixel++] = 255;
    }
  context.putImageData(image, 0, 0);
  return canvas;
}

// The points, which stay while the regions change.
function marks(points, reach) {
  const canvas = h("canvas", { width: SIDE, height: SIDE });
  const context = canvas.getContext("2d");
  const at = (v) => ((v + reach) / (2 * reach)) * SIDE;
  for (const [x, y, k] of points) {
    context.fillStyle = INK[k];
    context.beginPath();
    // circle, square, triangle, rhombus: told apart without colour
    if (k === 0) context.arc(at(x), at(-y), 4, 0, 7);
    else if (k === 1) context.rect(at(x) - 3.5, at(-y) - 3.5, 7, 7);
    else
      for (let n = 0; n < k + 1; n++)
        context.lineTo(
          at(x) + 5 * Math.sin((2 * Math.PI * n) / (k + 1)),
          at(-y) - 5 * Math.cos((2 * Math.PI * n) / (k + 1)),
        );
    context.fill();
  }
  return canvas;
}

function paint(canvas, image, ink) {
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, SIDE, SIDE);
  context.drawImage(ink, 0, 0);
}

// Curves over epochs on a logarithmic scale, with a line at the epoch shown.
function chart(title, curves) {
  const last = Math.max(...curves.map((c) => c.epochs.at(-1)));
  const [low, high] = decades(curves.flatMap((c) => c.values));
  const X = (e) => 40 + (270 * e) / last,
    Y = (v) => 150 - (140 * (Math.log10(Math.max(v, 10 ** low)) - low)) / (high - low);
  const stride = Math.ceil((high - low) / 5);
  const now = svg("line", { y1: 8, y2: 152, class: "replay-now" });
  const drawing = picture(320, 172);
  for (let power = low; power <= high; power += stride) {
    drawing.append(
      svg("line", { x1: 36, x2: 310, y1: Y(10 ** power), y2: Y(10 ** power), class: "ex-grid" }),
      powerOfTen(33, Y(10 ** power) + 4, "end", power),
    );
  }
  for (const { run, layer, epochs, values } of curves) {
    drawing.append(
      svg("polyline", {
        points: epochs.map((e, i) => `${X(e)},${Y(values[i])}`).join(" "),
        class: `${RUNS[run]} ${LAYERS[layer % 4]}`,
      }),
    );
  }
  drawing.append(
    now,
    svg("text", { x: 40, y: 168 }, "epoch 0"),
    svg("text", { x: 310, y: 168, "text-anchor": "end" }, String(last)),
  );
  return {
    node: h("div", {}, h("p", { class: "ex-head" }, title), drawing),
    set: (epoch) => {
      change(now, { x1: X(epoch), x2: X(epoch) });
    },
  };
}

function render({ model, el }) {
  const live = announcer();
  const body = h("div");
  let shown,
    inked,
    ink,
    panels = [],
    charts = [],
    control,
    reach,
    waiting;

  // Regions are computed once, one after the other as soon as the figure has come to life: in half
  // a second all are there, before a reader drags.
  const imageOf = ({ run, images }, i) => (images[i] ??= regions(run, run.parameters[i], reach));
  function prepare() {
    const panel = panels.find(({ run, images }) => Object.keys(images).length < run.epochs.length);
    if (!panel) return;
    imageOf(
      panel,
      panel.run.epochs.findIndex((_, i) => !panel.images[i]),
    );
    waiting = setTimeout(prepare);
  }

  function rebuild(runs) {
    shown = runs;
    inked = undefined;
    reach = bounds(model.get("points"));
    clearTimeout(waiting);
    waiting = setTimeout(prepare);
    const last = Math.max(...runs.map((run) => run.epochs.at(-1)));
    const every = Math.min(...runs.map((run) => run.epochs[1] - run.epochs[0]));
    control = slider({
      name: "epoch",
      max: last,
      step: every,
      leap: 5 * every,
      onmove: (v) => {
        model.set("epoch", Math.min(last, Math.round(v)));
        model.save_changes();
      },
    });
    control.last = last;
    control.text = h("span", { class: "ex-number" });
    panels = runs.map((run, i) => {
      const panel = {
        run,
        canvas: h("canvas", { width: SIDE, height: SIDE, "aria-hidden": "true" }),
        text: h("p"),
        images: {},
      };
      panel.node = h(
        "div",
        { role: "group", "aria-label": run.name },
        h("strong", { class: NAMES[i] }, run.name),
        panel.canvas,
        panel.text,
      );
      return panel;
    });
    const curve = (run, i, values, layer) => ({ run: i, layer, epochs: run.epochs, values });
    charts = [
      chart(
        "loss J (nats)",
        runs.map((run, i) => curve(run, i, run.loss, 0)),
      ),
      chart(
        "gradient norms, layer 1 solid, the next dashed",
        runs.flatMap((run, i) =>
          run.norms[0].map((_, layer) =>
            curve(
              run,
              i,
              run.norms.map((n) => n[layer]),
              layer,
            ),
          ),
        ),
      ),
    ];
    body.replaceChildren(
      h(
        "div",
        { class: "replay-control" },
        h("span", { class: "ex-label" }, "epoch"),
        control.node,
        control.text,
      ),
      h("div", { class: "replay-panels replay-regions" }, ...panels.map((panel) => panel.node)),
      h("div", { class: "replay-panels" }, ...charts.map((c) => c.node)),
    );
  }

  function draw() {
    const [runs, points, epoch] = TRAITS.map((name) => model.get(name));
    if (runs !== shown) rebuild(runs);
    if (points !== inked) {
      inked = points;
      ink = marks(points, reach);
      panels.forEach((panel) => delete panel.painted);
    }
    control.set(epoch, fixed(epoch, 0), 0, control.last);
    write(control.text, String(epoch));
    const words = panels.map((panel) => {
      const { run, canvas, text } = panel;
      const i = frameAt(run.epochs, epoch);
      if (panel.painted !== i) paint(canvas, imageOf(panel, (panel.painted = i)), ink);
      const stopped =
        run.diverged && epoch > run.epochs.at(-1)
          ? "diverged; last epoch " + run.epochs.at(-1) + ": "
          : "";
      write(
        text,
        `${stopped}J ${fixed(run.loss[i], 4)}, accuracy ${fixed(run.accuracy[i], 4)}, gradient norms ${run.norms[i].map((n) => fixed(n, 4)).join(", ")}`,
      );
      return `${run.name}: loss ${fixed(run.loss[i], 4)}`;
    });
    charts.forEach((c) => c.set(epoch));
    live.say(`Epoch ${epoch}. ${words.join(". ")}.`);
  }

  frame(el, "Training replay explorer", body, live.node);
  const stop = watch(model, TRAITS, draw);
  return () => {
    stop();
    live.stop();
    clearTimeout(waiting);
  };
}

export default { render };
