// One page as a reader's browser has it: axe, requests and their bytes, errors, links, pictures.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function look(browser, url, width, theme) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const trouble = [];
  let requests = 0;
  let bytes = 0;
  page.on("request", (request) => {
    if (!request.url().includes("/_images/")) requests += 1;
    if (!request.url().startsWith(new URL(url).origin) && !/^(data|blob):/.test(request.url())) {
      trouble.push(`another origin: ${request.url()}`);
    }
  });
  page.on("console", (message) => { if (message.type() === "error") trouble.push(message.text()); });
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("response", (answer) => { if (answer.status() >= 400) trouble.push(`${answer.status()} ${answer.url()}`); });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  const session = await page.createCDPSession();
  await session.send("Network.enable");
  const drawings = new Set();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.url.includes("/_images/")) drawings.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!drawings.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto(url, { waitUntil: "networkidle0" });
  await page.evaluate(AXE); // not as a script element, which the page's policy forbids
  const violations = await page.evaluate(
    async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ["violations"] })).violations
      .map((v) => ({ id: v.id, nodes: v.nodes.map((n) => n.html.slice(0, 200)) })),
    RULES,
  );
  const found = await page.evaluate(() => ({
    wordless: [...document.images].filter((image) => !image.alt.trim()).length,
    links: [...document.links].map((link) => link.href).filter((link) => link.startsWith(location.origin)),
    over: document.documentElement.scrollWidth - innerWidth,
  }));
  if (found.over > 0) trouble.push(`${found.over} px wider than ${width}`);
  if (found.wordless) trouble.push(`${found.wordless} pictures without words`);
  await context.close();
  return { width, theme, requests, bytes, violations, trouble, links: found.links };
}
