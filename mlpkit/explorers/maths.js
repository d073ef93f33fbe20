// Pure functions that several explorers share; tests/test_explorers.py holds them to mlpkit.

const sum = (terms) => terms.reduce((a, b) => a + b, 0);

// Softmax at a temperature. Subtracting the largest logit first keeps exp from overflowing.
export function softmax(logits, temperature = 1) {
  const top = Math.max(...logits);
  const powers = logits.map((z) => Math.exp((z - top) / temperature));
  const total = sum(powers);
  return powers.map((e) => e / total);
}

// Log-odds of class a against class b in nats: the softmax's denominator has cancelled.
export function logOdds(logits, a, b, temperature = 1) {
  return (logits[a] - logits[b]) / temperature;
}

const LOGARITHM = { nats: Math.log, bits: Math.log2 };

// The three measures of information follow 0 ln 0 = 0, and are infinite where q = 0 < p.
export const crossEntropy = (p, q, unit) => sum(p.map((a, i) => (a > 0 ? -a * LOGARITHM[unit](q[i]) : 0)));
export const entropy = (p, unit) => crossEntropy(p, p, unit);

export function klDivergence(p, q, unit) {
  const nats = sum(p.map((a, i) => {
    if (a === 0) return 0;
    const off = (a - q[i]) / q[i];
    // near equality the difference of two logarithms would lose its digits
    return a * (Math.abs(off) < 0.5 ? Math.log1p(off) : Math.log(a) - Math.log(q[i]));
  }));
  return Math.max(0, unit === "bits" ? nats / Math.LN2 : nats);
}
