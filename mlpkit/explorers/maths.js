// Pure functions that several explorers share; tests/test_explorers.py holds them to mlpkit.

// Softmax at a temperature. Subtracting the largest logit first keeps exp from overflowing.
export function softmax(logits, temperature = 1) {
  const top = Math.max(...logits);
  const powers = logits.map((z) => Math.exp((z - top) / temperature));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((e) => e / total);
}

// Log-odds of class a against class b in nats: the softmax's denominator has cancelled.
export function logOdds(logits, a, b, temperature = 1) {
  return (logits[a] - logits[b]) / temperature;
}
