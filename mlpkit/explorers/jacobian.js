// Softmax's Jacobian as a heat map, and the row of it that the loss turns into ŷ − y.
import { oneHot, softmax, softmaxDelta, softmaxJacobian } from "./maths.js";
import {
  announcer,
  button,
  change,
  choice,
  classNames,
  commit,
  fixed,
  frame,
  h,
  probability,
  slider,
  tuple,
  watch,
  widen,
  write,
} from "./ui.js";

const TRAITS = ["logits", "labels", "target"];
const PRESETS = [
  [0, 0, 0],
  [-1.45, -7.82, -3.78],
  [1.3, 5.1, 2.2, 0.7, 1.1],
];
const ENDS = [-12, 12];

// Four decimals, but an entry never reads 0 unless it is exactly that: it is multiplied by −1/ŷ.
const entry = (x) =>
  x === 0 || Math.abs(x) >= 0.00005 ? fixed(x, 4) : (x < 0 ? "−" : "") + probability(Math.abs(x));

function render({ model, el }) {
  const get = (name) => model.get(name);
  const start = Object.fromEntries(TRAITS.map((name) => [name, get(name)]));
  const live = announcer();
  const sliders = h("div", { class: "ex-rows" });
  const targets = h("div");
  const table = h("table", { class: "ex-table jacobian-table" });
  const indices = [h("sub"), h("sub")];
  const divisor = h("span");
  let rows = [],
    picker,
    cells,
    last,
    ends = ENDS,
    shown;
  const load = (state) => {
    ends = ENDS;
    commit(model, state);
  };

  function rebuild(labels) {
    shown = labels;
    rows = labels.map((label, i) => {
      const row = {
        z: h("span", { class: "ex-number", "data-name": "z" }),
        p: h("span", { class: "ex-number", "data-name": "ŷ" }),
      };
      row.logit = slider({
        name: `logit of ${label}`,
        step: 0.1,
        origin: 0,
        onmove: (v) => commit(model, { logits: get("logits").with(i, v) }),
      });
      row.node = h(
        "div",
        { class: "jacobian-row", role: "group", "aria-label": label },
        h("span", { class: "ex-label" }, label),
        row.logit.node,
        row.z,
        row.p,
      );
      return row;
    });
    sliders.replaceChildren(...rows.map((row) => row.node));
    picker = choice("true class", labels, (label) =>
      commit(model, { target: get("labels").indexOf(label) }),
    );
    targets.replaceChildren("True class: ", picker.node);
    const head = (scope, ...text) => h("th", { scope }, ...text);
    const sub = (letter, i) => [letter, h("sub", {}, String(i + 1))];
    cells = labels.map(() => [...labels, "sum"].map(() => h("td")));
    last = [...labels, "sum"].map(() => h("td"));
    table.replaceChildren(
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("td"),
          ...labels.map((_, j) => head("col", "∂z", h("sub", {}, String(j + 1)))),
          head("col", "row sum"),
        ),
      ),
      h(
        "tbody",
        {},
        ...cells.map((row, k) => h("tr", {}, head("row", ...sub("∂ŷ", k)), ...row)),
        h("tr", { class: "jacobian-delta" }, head("row", "ŷ − y"), ...last),
      ),
    );
  }

  function draw() {
    const [logits, labels, target] = TRAITS.map(get);
    if (labels.join("\n") !== shown?.join("\n")) rebuild(labels);
    const probs = softmax(logits),
      matrix = softmaxJacobian(logits);
    const delta = softmaxDelta(logits, oneHot(labels.length, target));
    ends = widen(ends, logits);
    rows.forEach((row, i) => {
      row.logit.set(logits[i], fixed(logits[i], 2), ...ends);
      write(row.z, fixed(logits[i], 2));
      write(row.p, probability(probs[i]));
    });
    const show = (row, values, most) => {
      values.forEach((value, j) => {
        write(row[j], entry(value));
        row[j].style.setProperty("--heat", `${50 * Math.sqrt(Math.abs(value) / most)}%`);
        change(row[j], { class: value < 0 ? "jacobian-minus" : "jacobian-plus" });
      });
      const sum = values.reduce((a, b) => a + b, 0);
      write(row[values.length], fixed(sum, 4));
    };
    matrix.forEach((values, k) => {
      show(cells[k], values, 0.25);
      cells[k][0].parentNode.classList.toggle("jacobian-true", k === target);
    });
    show(last, delta, 1);
    picker.set(labels[target]);
    indices.forEach((index) => write(index, String(target + 1)));
    write(divisor, probs[target] < 0.5 ? probability(probs[target]) : fixed(probs[target], 4));
    live.say(
      `Probability of the true class ${probability(probs[target])}, its error ${fixed(delta[target], 4)}.`,
    );
  }

  frame(
    el,
    "Softmax Jacobian explorer",
    h(
      "div",
      { class: "ex-buttons" },
      ...PRESETS.map((z) =>
        button(`z = ${tuple(z)}`, () =>
          load({ logits: z, labels: classNames(z.length), target: 0 }),
        ),
      ),
      button("Start again", () => load(start)),
    ),
    h(
      "div",
      { class: "jacobian-row ex-head", "aria-hidden": "true" },
      h("span"),
      h("span", {}, "logit z"),
      h("span"),
      h("span", { class: "ex-number" }, "ŷ"),
    ),
    sliders,
    targets,
    h(
      "div",
      { class: "jacobian-scroll", tabindex: "0", role: "group", "aria-label": "Jacobian" },
      table,
    ),
    h(
      "p",
      {},
      "The loss −ln ŷ",
      indices[0],
      " multiplies the framed row by −1/ŷ",
      indices[1],
      " = −1/",
      divisor,
      "; what comes out is ŷ − y.",
    ),
    live.node,
  );
  const stop = watch(model, TRAITS, draw);
  return () => {
    stop();
    live.stop();
  };
}

export default { render };
