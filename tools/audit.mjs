// Measures pages of the built site: node tools/audit.mjs [--runs 3] [--quick] [page.html …]
// Prints a table, --quick without Lighthouse; writes all of it to _build/audit.json and, for all pages, the table for the docs.
import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, loadavg } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import puppeteer from "puppeteer-core";
import { htmlErrors } from "./site/html.mjs";
import { lighthouseOf } from "./site/lighthouse.mjs";
import { look } from "./site/look.mjs";
import { keepBook } from "./site/offline.mjs";
import { serve } from "./site/serve.mjs";

const SITE = "_build/html";
const TABLE = "benchmarks/results/site.md";
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
  "--disable-background-networking", "--disable-component-update",
];

async function allPages() {
  const entries = await readdir(SITE, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith(".html"))
    .map((entry) => relative(SITE, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => !path.startsWith("lite/"))
    .sort();
}

const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "3" }, quick: { type: "boolean", default: false } },
  allowPositionals: true,
});
const pages = positionals.length ? positionals : await allPages();
const launch = () => puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const server = await serve(SITE);
const browser = await launch();
const load = loadavg()[0].toFixed(1);
const made = `Made by \`make audit\` on ${cpus().length} cores of ${cpus()[0].model} with ${await browser.version()}, `
  + `Lighthouse ${createRequire(import.meta.url)("lighthouse/package.json").version}.`;
const report = {};
for (const path of pages) {
  const url = `${server.address}/${path}`;
  const scores = values.quick ? {} : await lighthouseOf(browser, url, Number(values.runs));
  const looks = [];
  for (const width of [1280, 390]) {
    for (const theme of ["light", "dark"]) looks.push(await look(browser, url, width, theme));
  }
  const dead = [...new Set(looks[0].links.map((link) => decodeURIComponent(new URL(link).pathname)))]
    .filter((file) => !existsSync(join(SITE, file)));
  report[path] = {
    ...scores, requests: looks[0].requests, bytes: looks[0].bytes, html: await htmlErrors(join(SITE, path)), dead,
    looks: looks.map(({ links, ...rest }) => rest),
  };
  process.stderr.write(`${path}\n`);
}
const opens = await keepBook(browser, server.address);
await server.close();
for (const path of pages) report[path].offline = await opens(path);
await browser.close();

const line = (s) => (s ? [s.performance, s.accessibility, s["best-practices"], s.seo].join("/") : "–");
const rows = Object.entries(report).map(([path, page]) => {
  const axe = page.looks.reduce((sum, seen) => sum + seen.violations.length, 0);
  const trouble = new Set(page.looks.flatMap((seen) => seen.trouble)).size;
  return [
    path, line(page.phone), line(page.desktop), axe, page.requests, Math.round(page.bytes / 1000),
    page.html.length, page.dead.length, trouble, page.offline ? "yes" : "no",
  ].join(" | ");
});
const head = "page | phone | desktop | axe | requests | kB | HTML | dead links | trouble | offline";
const table = [head, head.replaceAll(/[^|]+/g, "---"), ...rows].map((row) => `| ${row} |`).join("\n");
console.log(table);
for (const [path, page] of Object.entries(report)) {
  const said = [
    ...new Set([...(page.phone?.weak ?? []), ...(page.desktop?.weak ?? [])].map((id) => `Lighthouse: ${id}`)),
    ...page.looks.flatMap((seen) => seen.violations.map((v) => `axe ${seen.width} ${seen.theme}: ${v.id} ${v.nodes[0]}`)),
    ...new Set(page.looks.flatMap((seen) => seen.trouble)), ...page.html, ...page.dead.map((file) => `no such file: ${file}`),
  ];
  for (const words of said) console.log(`${path}: ${words}`);
}
await writeFile("_build/audit.json", `${JSON.stringify({ load, pages: report }, null, 1)}\n`);
if (!positionals.length && !values.quick && existsSync(dirname(TABLE))) {
  const note = `${made} Performance is the median of ${values.runs} runs; the machine's load was ${load} when they began.`;
  await writeFile(TABLE, `${table}\n\n${note}\n`);
}
