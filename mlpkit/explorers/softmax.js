// Softmax: logits are log-odds, so differences of logits become ratios; the sum stays one.
import { logOdds, softmax } from "./maths.js";
import { announcer, bar, button, commit, fixed, frame, h, probability, select, slider, tuple, watch } from "./ui.js";

const PRESETS = [[1.3, 5.1, 2.2, 0.7, 1.1], [-1.45, -7.82, -3.78]];
const TRAITS = ["logits", "labels", "temperature", "shift"];
const SHIFT = 5;

// Ends of the logit sliders: −10 and 10, further when a logit needs it, with room for the shift.
export function ends(logits, shift) {
  const room = Math.max(SHIFT, Math.abs(shift));
  return [Math.min(-10, Math.floor(Math.min(...logits))) - room, Math.max(10, Math.ceil(Math.max(...logits))) + room];
}

// "e^2.90 = 18.17"; the power alone when its value is too large or too small to read.
export function oddsText(difference) {
  const power = `e^${fixed(difference, 2)}`;
  const odds = Math.exp(difference);
  if (odds >= 1e6 || odds < 1e-4) return power;
  return `${power} = ${odds < 1 ? odds.toPrecision(3) : fixed(odds, 2)}`;
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const start = Object.fromEntries(TRAITS.map((name) => [name, get(name)]));
  const load = (logits) =>
    commit(model, { logits, labels: logits.map((_, i) => `class ${i + 1}`), temperature: 1, shift: 0 });

  const table = h("div", { class: "ex-rows" });
  const strip = h("div", { class: "softmax-strip", "aria-hidden": "true" });
  const sum = h("strong");
  const odds = h("strong");
  const menus = h("span");
  const live = announcer();
  let rows = [], menuOf = [], shown;

  // Rows are made anew only when the classes change, so that a slider in hand stays in hand.
  function rebuild(labels) {
    shown = labels;
    rows = labels.map((label, i) => {
      const row = { bar: bar(), z: h("span", { class: "ex-number" }), p: h("span", { class: "ex-number" }) };
      row.part = h("span", {}, label);
      row.logit = slider({
        name: `logit of ${label}`, step: 0.1, origin: 0,
        onmove: (v) => commit(model, {
          logits: get("logits").map((z, k) => (k === i ? Number((v - get("shift")).toFixed(9)) : z)),
        }),
      });
      row.node = h("div", { class: "softmax-row", role: "group", "aria-label": label },
        h("span", { class: "ex-label" }, label), row.logit.input, row.z, row.bar.track, row.p);
      return row;
    });
    table.replaceChildren(...rows.map((row) => row.node));
    strip.replaceChildren(...rows.map((row) => row.part));
    menuOf = ["odds of", "odds against"].map((name) => select(name, labels, draw));
    menuOf[1].selectedIndex = 1;
    menus.replaceChildren("Odds of ", menuOf[0], " against ", menuOf[1]);
  }

  const temperature = slider({
    // the slider holds log10 T, so that halving and doubling are equally far
    name: "temperature", min: -1, max: 1, step: 0.02, leap: 0.2, origin: 0,
    onmove: (v) => commit(model, { temperature: Number((10 ** v).toPrecision(3)) }),
  });
  const temperatureText = h("span", { class: "ex-number" });
  const shift = slider({
    name: "shift added to all logits", min: -SHIFT, max: SHIFT, step: 0.1, origin: 0,
    onmove: (v) => commit(model, { shift: v }),
  });
  const shiftText = h("span", { class: "ex-number" });

  function draw() {
    const [logits, labels, t, c] = TRAITS.map(get);
    if (labels.join("\n") !== shown?.join("\n")) rebuild(labels);
    const probs = softmax(logits.map((z) => z + c), t);
    const [low, high] = ends(logits, c);
    rows.forEach((row, i) => {
      row.logit.set(logits[i] + c, fixed(logits[i] + c, 2), low, high);
      row.z.textContent = fixed(logits[i] + c, 2);
      row.bar.set(probs[i]);
      row.p.textContent = probability(probs[i]);
      row.part.style.flexGrow = probs[i];
    });
    sum.textContent = fixed(probs.reduce((a, b) => a + b, 0), 4);
    temperature.set(Math.log10(t), fixed(t, 2));
    temperatureText.textContent = fixed(t, 2);
    shift.set(c, fixed(c, 1));
    shiftText.textContent = fixed(c, 1);
    const [a, b] = menuOf.map((menu) => menu.selectedIndex);
    odds.textContent = oddsText(logOdds(logits, a, b, t));
    const top = probs.indexOf(Math.max(...probs));
    live.say(`Most probable: ${labels[top]}, ${probability(probs[top])}. Sum ${sum.textContent}.`);
  }

  const setting = (text, control, number) =>
    h("div", { class: "ex-setting" }, h("span", { class: "ex-label" }, text), control.input, number);
  frame(el, "Softmax explorer",
    h("div", { class: "ex-buttons" }, ...PRESETS.map((z) => button(`z = ${tuple(z)}`, () => load(z))),
      button("Start again", () => commit(model, start))),
    h("div", { class: "softmax-row ex-head", "aria-hidden": "true" },
      h("span"), h("span", {}, "logit z + c"), h("span"), h("span", {}, "probability"), h("span")),
    table,
    h("div", { class: "softmax-row softmax-total" }, h("span", { class: "ex-label" }, "sum"), strip, sum),
    setting("shift c, added to every logit", shift, shiftText),
    setting("temperature T, divides every logit", temperature, temperatureText),
    h("p", {}, menus, ": ", odds),
    live.node,
  );
  const stop = watch(model, TRAITS, draw);
  return () => { stop(); live.stop(); };
}

export default { render };
