// Lighthouse of one page: the median performance of several runs, the other scores of the last.
import lighthouse, { desktopConfig } from "lighthouse";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

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
  const weak = CATEGORIES.flatMap((category) => last.categories[category].auditRefs)
    .filter(({ weight, id }) => weight > 0 && last.audits[id].score !== null && last.audits[id].score < 0.9)
    .map(({ id }) => id);
  const scores = Object.fromEntries(CATEGORIES.map((category) => [category, points(last, category)]));
  return {
    ...scores,
    performance: median(results.map((lhr) => points(lhr, "performance"))),
    runs: results.map((lhr) => points(lhr, "performance")),
    weak: [...new Set(weak)],
  };
}

export const lighthouseOf = async (browser, url, runs) => ({
  phone: await score(browser, url, undefined, runs),
  desktop: await score(browser, url, desktopConfig, runs),
});
