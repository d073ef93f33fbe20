// Drops from a style sheet what no page and no script mentions, and variables that no rule uses:
// {css, content} in, the sheet out.
import { text } from "node:stream/consumers";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

const { css, content } = JSON.parse(await text(process.stdin));
const [{ css: used }] = await new PurgeCSS().purge({
  content: [{ raw: content, extension: "html" }],
  css: [{ raw: css }],
  fontFace: true,
  keyframes: true,
  variables: true,
  safelist: { variables: content.match(/--[\w-]+/g) ?? [] },
});
const sheet = postcss.parse(used);
sheet.walkComments((comment) => {
  if (!comment.text.startsWith("!")) comment.remove(); // licences stay
});
process.stdout.write(sheet.toString());
