// Errors of a page against the HTML standard: node tools/site/html.mjs page.html … prints them as JSON.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { HtmlValidate } from "html-validate";

const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: { "no-trailing-whitespace": "off", "void-style": "off" },
});

export async function htmlErrors(file) {
  const { results } = await validator.validateString(await readFile(file, "utf-8"));
  return results.flatMap(({ messages }) => messages)
    .filter(({ severity }) => severity === 2)
    .map(({ ruleId, line, message, selector }) => `${ruleId}, line ${line}: ${message} (${selector ?? ""})`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = {};
  for (const file of process.argv.slice(2)) found[file] = await htmlErrors(file);
  console.log(JSON.stringify(found));
}
