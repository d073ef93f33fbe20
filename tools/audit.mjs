// Measures pages of the built site: node tools/audit.mjs [--runs 3] [page.html …]
// Lighthouse as phone and desktop (median performance), axe in both themes and at both widths,
// requests, weight, console errors. Prints a table, writes _build/audit.json.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import lighthouse, { desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";

const SITE = "_build/html";
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript",
  ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".ipynb": "application/json",
};
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
  "--disable-background-networking", "--disable-component-update",
];

// As an ordinary host serves it: text compressed, files kept by the browser for ten minutes.
const server = createServer(async (request, response) => {
  const path = join(SITE, decodeURIComponent(new URL(request.url, "http://x").pathname));
  try {
    const body = await readFile(path);
    const text = ![".png", ".woff2"].includes(extname(path));
    response.writeHead(200, {
      "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
      "Cache-Control": "max-age=600",
      ...(text && { "Content-Encoding": "gzip" }),
    });
    response.end(text ? gzipSync(body) : body);
  } catch {
    response.writeHead(404).end();
  }
});

async function allPages(folder = SITE) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith(".html")) {
      found.push(relative(SITE, join(entry.parentPath ?? entry.path, entry.name)));
    }
  }
  return found.sort();
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function score(browser, url, config, runs) {
  const results = [];
  for (let run = 0; run < runs; run += 1) {
    const page = await browser.newPage();
    const { lhr } = await lighthouse(url, { logLevel: "silent", output: "json" }, config, page);
    results.push(lhr);
    await page.close();
  }
  const points = (lhr, category) => Math.round(100 * lhr.categories[category].score);
  const last = results.at(-1);
  const failed = Object.values(last.categories)
    .flatMap((category) => category.auditRefs.filter((ref) => ref.weight > 0))
    .map((ref) => last.audits[ref.id])
    .filter((audit) => audit.score !== null && audit.score < 0.9);
  return {
    performance: median(results.map((lhr) => points(lhr, "performance"))),
    accessibility: points(last, "accessibility"),
    "best-practices": points(last, "best-practices"),
    seo: points(last, "seo"),
    failed: [...new Set(failed.map((audit) => audit.id))],
  };
}

async function look(browser, url, width, theme) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const trouble = [];
  let requests = 0;
  page.on("request", () => { requests += 1; });
  page.on("console", (message) => { if (message.type() === "error") trouble.push(message.text()); });
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("response", (answer) => { if (answer.status() >= 400) trouble.push(`${answer.status()} ${answer.url()}`); });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  const session = await page.createCDPSession();
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
  await page.goto(url, { waitUntil: "networkidle0" });
  await page.addScriptTag({ path: AXE });
  const violations = await page.evaluate(
    async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ["violations"] })).violations
      .map((v) => ({ id: v.id, nodes: v.nodes.map((n) => n.html.slice(0, 200)) })),
    RULES,
  );
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await context.close();
  return { width, theme, requests, bytes, violations, trouble, overflow };
}

const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "3" } }, allowPositionals: true,
});
const pages = positionals.length ? positionals : await allPages();
await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS,
});
const report = {};
console.log("page | phone P/A/B/S | desktop P/A/B/S | axe | requests | kB | trouble");
for (const path of pages) {
  const url = `http://127.0.0.1:${server.address().port}/${path}`;
  const phone = await score(browser, url, undefined, Number(values.runs));
  const desktop = await score(browser, url, desktopConfig, Number(values.runs));
  const looks = [];
  for (const width of [1280, 390]) {
    for (const theme of ["light", "dark"]) looks.push(await look(browser, url, width, theme));
  }
  report[path] = { phone, desktop, looks };
  const line = (s) => [s.performance, s.accessibility, s["best-practices"], s.seo].join("/");
  const axe = looks.reduce((sum, seen) => sum + seen.violations.length, 0);
  const trouble = looks.flatMap((seen) => [...seen.trouble, ...(seen.overflow > 0 ? ["too wide"] : [])]);
  const weight = (looks[0].bytes / 1000).toFixed(0);
  console.log([path, line(phone), line(desktop), axe, looks[0].requests, weight, trouble.length].join(" | "));
  for (const id of new Set([...phone.failed, ...desktop.failed])) console.log(`    Lighthouse: ${id}`);
  for (const seen of looks) {
    for (const v of seen.violations) console.log(`    axe ${seen.width} ${seen.theme}: ${v.id} ${v.nodes[0]}`);
  }
  for (const words of new Set(trouble)) console.log(`    ${words}`);
}
await writeFile("_build/audit.json", `${JSON.stringify(report, null, 1)}\n`);
await browser.close();
server.close();
