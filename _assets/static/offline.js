(() => {
  // The service worker starts with the reader's first move: a page that is only glanced at costs
  // nothing beyond itself. Who asks the browser to save data reads online.
  if (!("serviceWorker" in navigator) || navigator.connection?.saveData) return;
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const moves = ["pointermove", "pointerdown", "keydown", "scroll"];

  function keepBook() {
    for (const move of moves) removeEventListener(move, keepBook);
    // a browser that forbids it has said so by its settings
    navigator.serviceWorker.register(new URL("sw.js", root)).catch(() => {});
  }

  for (const move of moves) addEventListener(move, keepBook, { passive: true });
})();
