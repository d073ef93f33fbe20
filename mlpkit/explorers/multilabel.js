// Multi-label: C independent sigmoids beside one softmax on the same logits.
import { sigmoid, sigmoidDelta, sigmoidLoss, softmax, softmaxDelta, softmaxLoss } from "./maths.js";
import {
  announcer,
  bar,
  button,
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

const TRAITS = ["logits", "labels", "targets", "threshold"];
const ENDS = [-8, 8];

// For softmax the labels share one unit: (1, 0, 1) becomes (½, 0, ½); no label, nothing to learn.
export function shares(targets) {
  const count = targets.reduce((a, b) => a + b, 0);
  return targets.map((y) => (count ? y / count : 0));
}

// Gradient descent on the logits themselves, z ← z − (ŷ − y).
export function descend(head, logits, targets, steps) {
  const [delta, y] = head === "sigmoid" ? [sigmoidDelta, targets] : [softmaxDelta, shares(targets)];
  if (head === "softmax" && !targets.includes(1)) return logits;
  let z = logits;
  for (let step = 0; step < steps; step++) {
    const d = delta(z, y);
    z = z.map((value, k) => value - d[k]);
  }
  return z;
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const start = Object.fromEntries(TRAITS.map((name) => [name, get(name)]));
  const live = announcer();
  const sliders = h("div", { class: "ex-rows" });
  const panels = ["sigmoid", "softmax"].map((head) => ({
    head,
    rows: h("div", { class: "ex-rows" }),
    sum: h("strong"),
    loss: h("strong"),
    why: h("span"),
    y: h("span", { class: "ex-number" }),
    learn: button("10 steps down this loss", () =>
      commit(model, { logits: descend(head, get("logits"), get("targets"), 10) }),
    ),
  }));
  let rows = [],
    ends = ENDS,
    shown;

  function rebuild(labels) {
    shown = labels;
    rows = labels.map((label, i) => {
      const row = { z: h("span", { class: "ex-number" }) };
      row.box = h("input", {
        type: "checkbox",
        onchange: () => commit(model, { targets: get("targets").with(i, row.box.checked ? 1 : 0) }),
      });
      row.logit = slider({
        name: `logit of ${label}`,
        step: 0.1,
        origin: 0,
        onmove: (v) => commit(model, { logits: get("logits").with(i, v) }),
      });
      row.node = h(
        "div",
        { class: "multi-row" },
        h("label", { class: "multi-box" }, row.box, label),
        row.logit.node,
        row.z,
      );
      row.heads = panels.map(() => {
        const part = {
          bar: bar(),
          mark: h("span", { class: "multi-mark" }),
          p: h("span", { class: "ex-number" }),
          d: h("span", { class: "ex-number" }),
        };
        part.bar.track.append(part.mark);
        part.node = h(
          "div",
          { class: "multi-output", role: "group", "aria-label": label },
          h("span", { class: "ex-label" }, label),
          part.bar.track,
          part.p,
          part.d,
        );
        return part;
      });
      return row;
    });
    sliders.replaceChildren(...rows.map((row) => row.node));
    panels.forEach((panel, j) =>
      panel.rows.replaceChildren(...rows.map((row) => row.heads[j].node)),
    );
  }

  const threshold = slider({
    name: "threshold",
    step: 0.01,
    onmove: (v) => commit(model, { threshold: v }),
  });
  const thresholdText = h("span", { class: "ex-number" });
  const decision = h("p");

  function draw() {
    const [logits, labels, targets, t] = TRAITS.map(get);
    if (labels.join("\n") !== shown?.join("\n")) rebuild(labels);
    ends = widen(ends, logits);
    const outputs = [logits.map(sigmoid), softmax(logits)];
    const deltas = [sigmoidDelta(logits, targets), softmaxDelta(logits, shares(targets))];
    const losses = [sigmoidLoss(logits, targets), softmaxLoss(logits, shares(targets))];
    const known = [true, targets.includes(1)]; // softmax has no loss without a label
    rows.forEach((row, i) => {
      row.box.checked = targets[i] === 1;
      row.logit.set(logits[i], fixed(logits[i], 2), ...ends);
      write(row.z, fixed(logits[i], 2));
      row.heads.forEach((part, j) => {
        part.bar.set(outputs[j][i]);
        write(part.p, probability(outputs[j][i]));
        write(part.d, known[j] ? fixed(deltas[j][i], 4) : "none");
        part.mark.style.left = `${100 * t}%`;
      });
    });
    panels.forEach((panel, j) => {
      const sum = outputs[j].reduce((a, b) => a + b, 0),
        y = j === 0 ? targets : shares(targets);
      write(panel.sum, fixed(sum, 4));
      write(panel.y, tuple(y.map((share) => Number(share.toFixed(2)))));
      panel.learn.disabled = !known[j];
      write(panel.loss, known[j] ? `${fixed(losses[j], 4)} nats` : "undefined");
      write(panel.why, known[j] ? "" : ": nothing to share");
    });
    threshold.set(t, fixed(t, 2));
    write(thresholdText, fixed(t, 2));
    const above = outputs.map(
      (values) => labels.filter((_, i) => values[i] > t).join(", ") || "nothing",
    );
    const words = `Above the threshold: ${above[0]} by the sigmoids, ${above[1]} by softmax.`;
    write(decision, words);
    live.say(words);
  }

  const panelNode = ({ head, rows: list, sum, loss, y, why, learn }) =>
    h(
      "div",
      { role: "group", "aria-label": head },
      h("strong", {}, head === "sigmoid" ? "one sigmoid a class" : "one softmax for all"),
      h(
        "div",
        { class: "multi-output ex-head", "aria-hidden": "true" },
        h("span"),
        h("span"),
        h("span", { class: "ex-number" }, "ŷ"),
        h("span", { class: "ex-number" }, "ŷ − y"),
      ),
      list,
      h("p", {}, "sum ", sum, h("br"), "loss ", loss, " for y = ", y, why),
      learn,
    );
  frame(
    el,
    "Multi-label explorer",
    h(
      "div",
      { class: "ex-buttons" },
      button("Start again", () => {
        ends = ENDS;
        commit(model, start);
      }),
    ),
    h(
      "div",
      { class: "multi-row ex-head", "aria-hidden": "true" },
      h("span", {}, "in the picture"),
      h("span", {}, "logit z"),
      h("span"),
    ),
    sliders,
    h(
      "div",
      { class: "ex-setting" },
      h("span", { class: "ex-label" }, "threshold"),
      threshold.node,
      thresholdText,
    ),
    decision,
    h("div", { class: "multi-panels" }, ...panels.map(panelNode)),
    live.node,
  );
  const stop = watch(model, TRAITS, draw);
  return () => {
    stop();
    live.stop();
  };
}

export default { render };
