// Pure functions that several explorers share; tests/test_explorers.py holds them to mlpkit.

export const sum = (terms) => terms.reduce((a, b) => a + b, 0);

// d = (z − max z)/T, e^d, and the sum of e^d without the largest: nothing overflows, and
// 1 − ŷ and ln(1 + rest) keep their digits when one class has nearly all.
function shifted(logits, temperature = 1) {
  const largest = Math.max(...logits);
  const d = logits.map((z) => (z - largest) / temperature);
  const powers = d.map(Math.exp);
  return { d, powers, rest: sum(powers.with(logits.indexOf(largest), 0)) };
}

export const oneHot = (count, target) =>
  Array.from({ length: count }, (_, k) => (k === target ? 1 : 0));

export function softmax(logits, temperature) {
  const { powers, rest } = shifted(logits, temperature);
  return powers.map((e) => e / (1 + rest));
}

export function logSoftmax(logits) {
  const { d, rest } = shifted(logits);
  return d.map((x) => x - Math.log1p(rest));
}

// ∂ŷ_k/∂z_j = ŷ_k([k = j] − ŷ_j), row k, column j; 1 − ŷ_k is the sum of the others.
export function softmaxJacobian(logits) {
  const p = softmax(logits);
  return p.map((a, k) => p.map((b, j) => a * (k === j ? sum(p.with(k, 0)) : -b)));
}

// Softmax with cross-entropy: the loss and ∂𝓛/∂z = ŷ − y for a target that sums to 1.
export const softmaxLoss = (logits, y) =>
  sum(logSoftmax(logits).map((x, k) => (y[k] === 0 ? 0 : -y[k] * x)));
export function softmaxDelta(logits, y) {
  const { powers, rest } = shifted(logits);
  return powers.map((e, k) => (e - y[k] - y[k] * rest) / (1 + rest));
}

export function sigmoid(z) {
  const e = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}

// C sigmoids, each with its binary cross-entropy: the summed loss and ∂𝓛/∂z = ŷ − y.
export const sigmoidLoss = (logits, y) =>
  sum(
    logits.map(
      (z, k) => Math.abs(z) * (z >= 0 ? 1 - y[k] : y[k]) + Math.log1p(Math.exp(-Math.abs(z))),
    ),
  );
export const sigmoidDelta = (logits, y) =>
  logits.map((z, k) => (1 - y[k]) * sigmoid(z) - y[k] * sigmoid(-z));

// No output activation, and ½ Σ (ŷ − y)².
export const squaredLoss = (logits, y) => sum(squaredDelta(logits, y).map((d) => (d * d) / 2));
export const squaredDelta = (logits, y) => logits.map((z, k) => z - y[k]);

// Output activation, loss and ∂𝓛/∂z, by the names that mlpkit gives them.
export const HEADS = {
  softmax: { activate: softmax, loss: softmaxLoss, delta: softmaxDelta },
  sigmoid: { activate: (z) => z.map(sigmoid), loss: sigmoidLoss, delta: sigmoidDelta },
  identity: { activate: (z) => z, loss: squaredLoss, delta: squaredDelta },
};

// Log-odds of class a against class b in nats: the softmax's denominator has cancelled.
export function logOdds(logits, a, b, temperature = 1) {
  return (logits[a] - logits[b]) / temperature;
}

const LOGARITHM = { nats: Math.log, bits: Math.log2 };

// The three measures of information follow 0 ln 0 = 0, and are infinite where q = 0 < p.
export const crossEntropy = (p, q, unit) =>
  sum(p.map((a, i) => (a > 0 ? -a * LOGARITHM[unit](q[i]) : 0)));
export const entropy = (p, unit) => crossEntropy(p, p, unit);

export function klDivergence(p, q, unit) {
  const nats = sum(
    p.map((a, i) => {
      if (a === 0) return 0;
      const off = (a - q[i]) / q[i];
      // near equality the difference of two logarithms would lose its digits
      return a * (Math.abs(off) < 0.5 ? Math.log1p(off) : Math.log(a) - Math.log(q[i]));
    }),
  );
  return Math.max(0, unit === "bits" ? nats / Math.LN2 : nats);
}

const HIDDEN = { identity: (z) => z, relu: (z) => Math.max(0, z), sigmoid, tanh: Math.tanh };

// φ'(z), written so that nothing cancels where φ is flat.
export const activationSlope = (z, activation) => SLOPES[activation](z);
const SLOPES = {
  identity: () => 1,
  relu: (z) => (z > 0 ? 1 : 0),
  sigmoid: (z) => sigmoid(z) * sigmoid(-z),
  tanh: (z) => 4 * sigmoid(2 * z) * sigmoid(-2 * z),
};

// What each layer of a network gets (a, from x on) and sums up (z, to the logits). `parameters`
// holds all weights, then all biases.
// Plain loops: a decision region asks for thousands of them between two frames.
export function networkForward(x, sizes, parameters, activation) {
  const hidden = HIDDEN[activation],
    last = sizes.length - 1;
  const a = [x],
    z = [];
  let weight = 0,
    bias = 0;
  for (let layer = 1; layer <= last; layer++) bias += sizes[layer] * sizes[layer - 1];
  for (let layer = 1; layer <= last; layer++) {
    const input = a[layer - 1],
      sums = [];
    for (let i = 0; i < sizes[layer]; i++) {
      let total = parameters[bias++];
      for (let j = 0; j < input.length; j++) total += parameters[weight++] * input[j];
      sums.push(total);
    }
    z.push(sums);
    if (layer < last) a.push(sums.map(hidden));
  }
  return { a, z };
}
export const networkLogits = (...network) => networkForward(...network).z.at(-1);
