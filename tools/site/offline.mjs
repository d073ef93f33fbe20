// Which pages open when the server is gone, after one visit to the front page.
export async function keepBook(browser, address) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(`${address}/`, { waitUntil: "networkidle0" });
  await page.mouse.move(200, 200);
  await page.mouse.move(220, 240);
  await page.waitForFunction("navigator.serviceWorker.controller", { timeout: 60_000 });
  return async (path) => {
    try {
      await page.goto(`${address}/${path}`, { waitUntil: "load" });
      return await page.evaluate(() => Boolean(document.querySelector("h1")) && document.styleSheets.length > 0);
    } catch {
      return false;
    }
  };
}
