// Typesets formulas for mathml.py: one JSON request a line in, one JSON answer a line out.
import { createInterface } from "node:readline";
import temml from "temml";

// as operators, dots would stand apart from the commas around them
const macros = { "\\ldots": "\\mathord{…}", "\\cdots": "\\mathord{⋯}" };

for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    // within a line of text a long formula may break where TeX would break it
    const wrap = display ? "none" : "tex";
    answer = { mathml: temml.renderToString(tex, { displayMode: display, throwOnError: true, macros, wrap }) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
