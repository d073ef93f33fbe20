(() => {
  // A box that scrolls sideways can be reached by keyboard; another is no stop on the way.
  const boxes = ".equation-formula, .cell_output table, .output.text_html";
  const scrolls = (box) =>
    box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";

  function markScrollers() {
    for (const box of document.querySelectorAll(boxes)) {
      if (scrolls(box)) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  addEventListener("load", markScrollers);
  addEventListener("resize", markScrollers);
  document.fonts.ready.then(markScrollers);

  // Paper is white, whatever the screen is.
  const { dataset } = document.documentElement;
  let { theme } = dataset;
  addEventListener("beforeprint", () => {
    theme = dataset.theme;
    dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    dataset.theme = theme;
  });
})();
