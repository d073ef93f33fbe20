// Two distributions: H, CE and KL as areas of class probability times surprisal.
import { crossEntropy, entropy, klDivergence } from "./maths.js";
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
  slider,
  svg,
  watch,
  write,
} from "./ui.js";

// class names are written out, as a page keeps only the styles whose names it finds
const AREA = { both: "dist-both", waste: "dist-waste", saving: "dist-saving" },
  NUMBER = { p: "ex-number dist-p", q: "ex-number dist-q" };
const TRAITS = ["p", "q", "labels", "unit", "via"];
const WEATHER = ["sunny", "cloudy", "part cloudy", "rain", "storm"];
const NUMBERED = ["class 1", "class 2"];
const PRESETS = {
  "City B with city A’s code": {
    p: [0.3, 0.2, 0.2, 0.25, 0.05],
    q: [0.25, 0.45, 0.2, 0.09, 0.01],
    labels: WEATHER,
    unit: "bits",
    via: null,
  },
  "(¼, ¾) against (½, ½)": {
    p: [0.25, 0.75],
    q: [0.5, 0.5],
    labels: NUMBERED,
    unit: "nats",
    via: null,
  },
  "A detour that is shorter": {
    p: [0.5, 0.5],
    q: [0.1, 0.9],
    labels: NUMBERED,
    unit: "nats",
    via: [0.25, 0.75],
  },
};
const TOP = { bits: 7, nats: 7 * Math.LN2 };

// Give class i the probability `value`; the others keep their ratios and share what is left.
export function reweight(p, i, value) {
  const rest = p.reduce((total, x, k) => (k === i ? total : total + x), 0);
  return p.map((x, k) =>
    k === i ? value : rest > 0 ? (x / rest) * (1 - value) : (1 - value) / (p.length - 1),
  );
}

// Rectangles (x, width, from, to, kind) over the unit interval: a class is as wide as its true
// probability; up to its own surprisal it is entropy, beyond up to q's it is waste or saving.
export function areas(p, q, unit) {
  const log = unit === "bits" ? Math.log2 : Math.log;
  let x = 0;
  return p.flatMap((width, i) => {
    const own = Math.abs(log(width)),
      other = Math.abs(log(q[i])),
      at = x;
    x += width;
    if (width === 0) return [];
    const low = Math.min(own, other),
      high = Math.max(own, other);
    return [
      [i, at, width, 0, low, "both"],
      [i, at, width, low, high, other > own ? "waste" : "saving"],
    ];
  });
}

function chart(title) {
  const drawing = picture(320, 180),
    content = svg("g");
  drawing.append(content);
  let parts, shown;

  const text = (y) => svg("text", { y, "text-anchor": "middle" });
  function rebuild(count, Y, top) {
    parts = Array.from({ length: count }, () => ({
      boxes: [svg("rect"), svg("rect")],
      name: text(174),
      beyond: text(11),
    }));
    const grid = [];
    for (let tick = 0; tick <= top; tick += 2)
      grid.push(
        svg("line", { x1: 22, x2: 314, y1: Y(tick), y2: Y(tick), class: "ex-grid" }),
        svg("text", { x: 18, y: Y(tick) + 4, "text-anchor": "end" }, String(tick)),
      );
    const nodes = ({ boxes, name, beyond }) => [boxes[0], name, boxes[1], beyond];
    content.replaceChildren(...grid, ...parts.flatMap(nodes));
  }

  function draw(p, q, labels, unit) {
    const top = TOP[unit];
    const X = (x) => 26 + 288 * x,
      Y = (y) => 158 - 144 * Math.min(1, y / top);
    if (shown !== (shown = `${p.length} ${unit}`)) rebuild(p.length, Y, top);
    const found = areas(p, q, unit);
    parts.forEach(({ boxes, name, beyond }, i) => {
      const mine = found.filter(([k]) => k === i);
      boxes.forEach((box, k) => {
        // a class of probability 0 has no areas, and a box without width is not drawn
        const [, x, width, from, to, kind] = mine[k] ?? [i, 0, 0, 0, 0, "both"];
        change(box, {
          x: X(x),
          y: Y(to),
          width: 288 * width,
          height: Y(from) - Y(to),
          class: AREA[kind],
        });
      });
      const [, x, width] = mine[0] ?? [i, 0, 0];
      for (const [label, words] of [
        [name, 288 * width > 7 * labels[i].length ? labels[i] : ""],
        [beyond, mine.some((area) => area[4] > top) ? "↑" : ""],
      ]) {
        change(label, { x: X(x + width / 2) });
        write(label, words);
      }
    });
  }
  return { node: h("div", {}, h("p", { class: "ex-head" }, title), drawing), draw };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const start = Object.fromEntries(TRAITS.map((name) => [name, get(name)]));
  const live = announcer();
  const table = h("div", { class: "ex-rows" });
  const charts = [chart("true p, predicted q"), chart("true q, predicted p")];
  const unit = choice("unit", ["bits", "nats"], (picked) => commit(model, { unit: picked }));
  const cells = Array.from({ length: 2 }, () => Array.from({ length: 3 }, () => h("td")));
  const gap = h("strong");
  const detour = h("p");
  let rows = [],
    shown;

  function rebuild(labels) {
    shown = labels;
    rows = labels.map((label, i) => {
      const row = { length: h("span", { class: "ex-number" }) };
      for (const name of ["p", "q"]) {
        row[name] = slider({
          name: `${name} of ${label}`,
          step: 0.01,
          onmove: (v) => commit(model, { [name]: reweight(get(name), i, v) }),
        });
        row[`${name}Text`] = h("span", { class: NUMBER[name], "data-name": name });
      }
      row.node = h(
        "div",
        { class: "dist-row", role: "group", "aria-label": label },
        h("span", { class: "ex-label" }, label),
        row.p.node,
        row.pText,
        row.q.node,
        row.qText,
        row.length,
      );
      return row;
    });
    table.replaceChildren(...rows.map((row) => row.node));
  }

  function draw() {
    const [p, q, labels, u, via] = TRAITS.map(get);
    if (labels.join("\n") !== shown?.join("\n")) rebuild(labels);
    rows.forEach((row, i) => {
      for (const [name, values] of [
        ["p", p],
        ["q", q],
      ]) {
        row[name].set(values[i], fixed(values[i], 4));
        write(row[`${name}Text`], fixed(values[i], 4));
      }
      const lengths = [p[i], q[i]].map((x) => fixed(crossEntropy([1], [x], u), 2));
      write(row.length, lengths.join(" / "));
    });
    charts[0].draw(p, q, labels, u);
    charts[1].draw(q, p, labels, u);
    unit.set(u);
    const kl = [klDivergence(p, q, u), klDivergence(q, p, u)];
    [
      [entropy(p, u), crossEntropy(p, q, u), kl[0]],
      [entropy(q, u), crossEntropy(q, p, u), kl[1]],
    ].forEach((values, i) =>
      values.forEach((value, k) => {
        write(cells[i][k], fixed(value, 4));
      }),
    );
    write(gap, kl.every(Number.isFinite) ? `${fixed(kl[0] - kl[1], 4)} ${u}` : "not finite");
    if (detour.hidden === Boolean(via)) detour.hidden = !via;
    if (via) {
      const [first, second] = [klDivergence(p, via, u), klDivergence(via, q, u)];
      write(
        detour,
        `By way of r = (${via.map((x) => fixed(x, 2)).join(", ")}): KL(p‖r) + KL(r‖q) = ${fixed(first, 4)} + ${fixed(second, 4)} = ${fixed(first + second, 4)}, ${first + second < kl[0] ? "less" : "not less"} than KL(p‖q) = ${fixed(kl[0], 4)} ${u}.`,
      );
    }
    live.say(`KL of p from q ${fixed(kl[0], 4)}, of q from p ${fixed(kl[1], 4)} ${u}.`);
  }

  const head = (text) => h("th", { scope: "col" }, text);
  const line = (name, i) => h("tr", {}, h("th", { scope: "row" }, name), ...cells[i]);
  frame(
    el,
    "Two distributions explorer",
    h(
      "div",
      { class: "ex-buttons" },
      ...Object.entries(PRESETS).map(([name, state]) => button(name, () => commit(model, state))),
      button("q = p", () => commit(model, { q: get("p") })),
      button("Start again", () => commit(model, start)),
    ),
    unit.node,
    h("div", { class: "dist-charts" }, ...charts.map((c) => c.node)),
    h(
      "p",
      { class: "dist-key" },
      h("span", { class: "dist-both" }),
      "H and CE ",
      h("span", { class: "dist-waste" }),
      "CE only ",
      h("span", { class: "dist-saving" }),
      "H only",
    ),
    h(
      "p",
      { class: "ex-head" },
      "As wide as the true probability, as high as −log; columns in the order of the rows.",
    ),
    h(
      "div",
      { class: "dist-row ex-head", "aria-hidden": "true" },
      h("span"),
      h("span", {}, "p"),
      h("span"),
      h("span", {}, "q"),
      h("span"),
      h("span", { class: "ex-number" }, "−log p / −log q"),
    ),
    table,
    h(
      "p",
      { class: "ex-head" },
      "Moving one class rescales the others: the sum stays 1. Others that were all 0 share equally.",
    ),
    h(
      "table",
      { class: "ex-table dist-result" },
      h("thead", {}, h("tr", {}, h("td"), head("H"), head("CE"), head("KL = CE − H"))),
      h("tbody", {}, line("true p, predicted q", 0), line("true q, predicted p", 1)),
    ),
    h("p", {}, "KL(p‖q) − KL(q‖p) = ", gap),
    detour,
    live.node,
  );
  const stop = watch(model, TRAITS, draw);
  return () => {
    stop();
    live.stop();
  };
}

export default { render };
