// Softmax: logits are log-odds, so differences of logits become ratios; the sum stays one.
import { logOdds, softmax } from "./maths.js";
import {
  announcer,
  bar,
  button,
  classNames,
  commit,
  fixed,
  frame,
  h,
  power,
  probability,
  select,
  slider,
  temperatureSlider,
  temperatureText,
  tuple,
  watch,
  widen,
  write,
} from "./ui.js";

const PRESETS = [
  [1.3, 5.1, 2.2, 0.7, 1.1],
  [-1.45, -7.82, -3.78],
];
const TRAITS = ["logits", "labels", "temperature", "shift"];
const ENDS = [-12, 12];

// " = 18.17", " = 4.57e27"; nothing when e to the log-odds is no floating-point number.
export function oddsText(difference) {
  const odds = Math.exp(difference);
  if (odds === Infinity || odds === 0) return "";
  if (odds >= 1e6 || odds < 1e-4) return ` = ${power(odds, 2)}`;
  return ` = ${odds < 1 ? odds.toPrecision(3) : fixed(odds, 2)}`;
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const start = Object.fromEntries(TRAITS.map((name) => [name, get(name)]));
  const load = (state) => {
    ends = ENDS;
    commit(model, state);
  };
  const preset = (logits) =>
    load({ logits, labels: classNames(logits.length), temperature: 1, shift: 0 });

  const table = h("div", { class: "ex-rows" });
  const strip = h("div", { class: "softmax-strip", "aria-hidden": "true" });
  const total = h("strong");
  const difference = h("span");
  const exponent = h("sup");
  const value = h("span");
  const menus = h("span");
  const live = announcer();
  let rows = [],
    menuOf = [],
    ends = ENDS,
    shown;

  // Rows are made anew only when the classes change, so that a slider in hand stays in hand.
  function rebuild(labels) {
    shown = labels;
    rows = labels.map((label, i) => {
      const row = {
        bar: bar(),
        z: h("span", { class: "ex-number", "data-name": "z + c" }),
        p: h("span", { class: "ex-number", "data-name": "ŷ" }),
      };
      row.part = h("span");
      row.logit = slider({
        name: `logit of ${label}`,
        step: 0.1,
        origin: 0,
        onmove: (v) =>
          commit(model, {
            logits: get("logits").with(i, Number((v - get("shift")).toFixed(9))),
          }),
      });
      row.node = h(
        "div",
        { class: "softmax-row", role: "group", "aria-label": label },
        h("span", { class: "ex-label" }, label),
        row.logit.node,
        row.z,
        row.bar.track,
        row.p,
      );
      return row;
    });
    table.replaceChildren(...rows.map((row) => row.node));
    strip.replaceChildren(...rows.map((row) => row.part));
    menuOf = ["odds of", "odds against"].map((name) => select(name, labels, draw));
    // the two most probable classes, so that the odds begin above one
    const order = get("logits")
      .map((z, k) => [-z, k])
      .sort((a, b) => a[0] - b[0]);
    menuOf.forEach((menu, k) => {
      menu.selectedIndex = order[k][1];
    });
    menus.replaceChildren("Odds of ", menuOf[0], " against ", menuOf[1]);
  }

  const temperature = temperatureSlider(model);
  const shift = slider({
    name: "shift c",
    min: -4,
    max: 4,
    step: 0.1,
    origin: 0,
    onmove: (v) => commit(model, { shift: v }),
  });
  const shiftText = h("span", { class: "ex-number" });

  function draw() {
    const [logits, labels, t, c] = TRAITS.map(get);
    if (labels.join("\n") !== shown?.join("\n")) rebuild(labels);
    const shifted = logits.map((z) => z + c);
    const probs = softmax(shifted, t);
    ends = widen(ends, shifted);
    rows.forEach((row, i) => {
      const text = fixed(shifted[i], 2);
      row.logit.set(shifted[i], text, ...ends);
      write(row.z, text);
      row.bar.set(probs[i]);
      write(row.p, probability(probs[i]));
      row.part.style.flexGrow = probs[i];
      write(row.part, probs[i] > 0.15 ? labels[i] : "");
    });
    const sum = fixed(
      probs.reduce((a, b) => a + b, 0),
      4,
    );
    write(total, sum);
    temperature.set(t);
    shift.set(c, fixed(c, 1));
    write(shiftText, fixed(c, 1));
    const [a, b] = menuOf.map((menu) => menu.selectedIndex);
    const odds = logOdds(logits, a, b, t);
    write(
      difference,
      `(${fixed(shifted[a], 2)} − ${fixed(shifted[b], 2).replace(/^−.*/, "($&)")}) / ${temperatureText(t)} = ${fixed(odds, 2)}`,
    );
    write(exponent, fixed(odds, 2));
    write(value, oddsText(odds));
    const top = probs.indexOf(Math.max(...probs));
    live.say(`Most probable: ${labels[top]}, ${probability(probs[top])}. Sum ${sum}.`);
  }

  const setting = (text, control, number) =>
    h("div", { class: "ex-setting" }, h("span", { class: "ex-label" }, text), control.node, number);
  frame(
    el,
    "Softmax explorer",
    h(
      "div",
      { class: "ex-buttons" },
      ...PRESETS.map((z) => button(`z = ${tuple(z)}`, () => preset(z))),
      button("Start again", () => load(start)),
    ),
    h(
      "div",
      { class: "softmax-row ex-head", "aria-hidden": "true" },
      h("span"),
      h("span", {}, "logit z + c"),
      h("span"),
      h("span", {}, "probability"),
      h("span"),
    ),
    table,
    h(
      "div",
      { class: "softmax-row softmax-total" },
      h("span", { class: "ex-label" }, "sum"),
      strip,
      total,
    ),
    setting("shift all logits by c", shift, shiftText),
    setting("divide z + c by temperature T", temperature, temperature.text),
    h(
      "p",
      { class: "softmax-odds" },
      menus,
      h("br"),
      "log-odds ",
      difference,
      ", odds ",
      h("strong", {}, "e", exponent, value),
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
