(() => {
  // Who jumps to another place needs the true height of what lies between (book.css).
  const page = document.documentElement;
  page.addEventListener("click", ({ target }) => {
    if (target.closest("a[href^='#']")) page.removeAttribute("data-below");
  }, true);

  // A box that scrolls sideways can be reached by keyboard; another is no stop on the way.
  const boxes = document.querySelectorAll(
    ".bd-article :is(.equation-formula, pre, table, .pst-scrollable-table-container, .output, .claim ul)",
  );
  const scrolls = (box) =>
    box.scrollWidth > box.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(box).overflowX);

  function markScrollers(some) {
    // first all questions, then all changes: one layout instead of hundreds
    const stops = some.filter(scrolls);
    for (const box of some) {
      if (!stops.includes(box) && box !== document.activeElement) box.removeAttribute("tabindex");
    }
    for (const box of stops) box.tabIndex = 0;
    for (const box of some) markEnd(box);
  }

  // … and shows at its right edge whether there is more.
  function markEnd(box) {
    const hidden = box.scrollWidth - box.clientWidth - box.scrollLeft;
    box.classList.toggle("goes-on", box.tabIndex === 0 && hidden > 1);
  }

  // called for each box when it first has a size, and when a fold or the window gives it another;
  // until then it may be one that scrolls
  const sizes = new ResizeObserver((entries) => markScrollers(entries.map(({ target }) => target)));
  for (const box of boxes) {
    box.tabIndex = 0;
    sizes.observe(box);
    box.addEventListener("scroll", () => markEnd(box), { passive: true });
  }

  // On the search page the field is ready; the theme's own line finds the one in the dialog.
  document.querySelector(".bd-search-container input")?.focus();

  // Paper is white, whatever the screen is.
  const { dataset } = page;
  let { theme } = dataset;
  addEventListener("beforeprint", () => {
    theme = dataset.theme;
    dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    dataset.theme = theme;
  });
})();
