// Calls an ES module's functions: {module, calls: [[name, ...arguments], ...]} in, results out.
import { readFileSync } from "node:fs";

const { module, calls } = JSON.parse(readFileSync(0, "utf8"));
const functions = await import(`data:text/javascript,${encodeURIComponent(module)}`);
const results = calls.map(([name, ...args]) => functions[name](...args));
// JSON has no infinities and no NaN
const keep = (_, value) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
process.stdout.write(JSON.stringify(results, keep));
