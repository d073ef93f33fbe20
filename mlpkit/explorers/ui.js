// What the explorers share on the page: elements, number text, sliders, announcements, redrawing.

const MINUS = "\u2212";

// `digits` decimals with a true minus sign, and never a negative zero.
export function fixed(x, digits) {
  if (!Number.isFinite(x)) return x > 0 ? "∞" : `${MINUS}∞`;
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) !== 0 ? MINUS + text : text;
}

export const tuple = (numbers) =>
  `(${numbers.map((x) => String(x).replace("-", MINUS)).join(", ")})`;

// Four decimals, but a probability never reads 0 or 1 unless it is exactly that.
export function probability(p) {
  if (p === 0 || p === 1) return String(p);
  if (p >= 0.99995) return ">0.9999";
  if (p >= 0.00005) return p.toFixed(4);
  return power(p, 1);
}

// Digits and a power of ten: "4.6e27", "2.5e−9".
export const power = (x, digits) =>
  x.toExponential(digits).replace("e+", "e").replaceAll("-", MINUS);

export const classNames = (count) => Array.from({ length: count }, (_, i) => `class ${i + 1}`);

// Element with attributes, `on…` listeners and children (nodes or text); `svg` for drawings.
export const h = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// A drawing; what it shows is also written beside it. On opaque paper, as a bar that grows would
// otherwise change how much of the page is opaque, and the browser would sort its layers anew.
export const picture = (width, height, attributes = {}) =>
  svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", ...attributes },
    svg("rect", { width, height, class: "ex-paper" }),
  );

// "10" with an exponent, for a logarithmic axis.
export const powerOfTen = (x, y, anchor, exponent) =>
  svg(
    "text",
    { x, y, "text-anchor": anchor },
    "10",
    svg("tspan", { dy: -5, "font-size": 9 }, fixed(exponent, 0)),
  );

function fill(node, attributes = {}, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// A move leaves most of a figure as it was. To write the same once more would still cost style,
// layout and paint, and a new text node would cost them where a changed one is cheaper.
export function write(node, text) {
  const old = node.firstChild;
  if (!old) node.append(text);
  else if (old.data !== text) old.data = text;
}
export function change(node, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

// The explorer's outermost element, the same live and on the site.
export function frame(el, name, ...children) {
  el.classList.add("explorer");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", name);
  el.append(...children);
}

// Let the one colour of an element's background reach from one share of its width to another.
function paintBar(node, from, to) {
  const percent = (share) => `${Number((100 * share).toFixed(2))}%`;
  const width = to - from;
  node.style.backgroundSize = `${percent(width)} 100%`;
  // the place of a background is a share of the room that it leaves
  node.style.backgroundPosition = `${percent(width < 1 ? from / (1 - width) : 0)} 0%`;
}

// A native range input: arrows move by `step`, page keys and shifted arrows by `leap`.
// Its finer grain lets it stand at a value from Python that is no multiple of `step`.
export function slider({ name, min = 0, max = 1, step, leap = 10 * step, origin = min, onmove }) {
  const tidy = (v) => Number((Math.round(v / step) * step).toFixed(9));
  const input = h("input", {
    type: "range",
    class: "ex-slider",
    "aria-label": name,
    min,
    max,
    step: step / 10,
    oninput: () => onmove(tidy(Number(input.value))),
    onkeydown: (event) => {
      const way = {
        ArrowRight: 1,
        ArrowUp: 1,
        PageUp: 1,
        ArrowLeft: -1,
        ArrowDown: -1,
        PageDown: -1,
      }[event.key];
      if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const by = event.shiftKey || event.key.startsWith("Page") ? leap : step;
      onmove(
        Math.min(
          Number(input.max),
          Math.max(Number(input.min), tidy(Number(input.value) + way * by)),
        ),
      );
    },
  });
  // The line is drawn behind the input: of a background on its track, which only a property that
  // is inherited reaches, each move would cost the style of everything in the input.
  const node = h("span", { class: "ex-slide" }, input);
  return {
    node,
    set(value, text, low = min, high = max) {
      change(input, { min: low, max: high, "aria-valuetext": text });
      if (Number(input.value) !== value) input.value = value;
      // the line is filled from the origin to the thumb
      const at = (v) => (Math.min(high, Math.max(low, v)) - low) / (high - low);
      const [one, other] = [at(origin), at(value)];
      paintBar(node, Math.min(one, other), Math.max(one, other));
    },
  };
}

// As many decimals as the slider's temperatures have, so that printed quotients are right.
export const temperatureText = (T) => fixed(T, T < 1 ? 3 : 2);

// The slider of a temperature, and the words beside it; it holds log10 T, so that halving and
// doubling are equally far.
export function temperatureSlider(model) {
  const text = h("span", { class: "ex-number" });
  const { node, set } = slider({
    name: "temperature T",
    min: -1,
    max: 1,
    step: 0.02,
    leap: 0.2,
    origin: 0,
    onmove: (v) => commit(model, { temperature: Number((10 ** v).toPrecision(3)) }),
  });
  return {
    node,
    text,
    set(T) {
      write(text, temperatureText(T));
      set(Math.log10(T), temperatureText(T));
    },
  };
}

// Ends that also hold these values. They never shrink, so a slider in hand does not slip.
export function widen([low, high], values) {
  return [
    Math.min(low, Math.floor(Math.min(...values))),
    Math.max(high, Math.ceil(Math.max(...values))),
  ];
}

// A bar that fills a share of its track; the number beside it speaks, so it is hidden from speech.
export function bar() {
  const fill = h("span", { class: "ex-fill" });
  const track = h("span", { class: "ex-track", "aria-hidden": "true" }, fill);
  return { track, set: (share) => paintBar(fill, 0, share) };
}

export function select(name, options, onpick) {
  const box = h(
    "select",
    { class: "ex-select", "aria-label": name, onchange: () => onpick(box.selectedIndex) },
    ...options.map((text) => h("option", {}, text)),
  );
  return box;
}

// A row of buttons of which one is pressed: set(option) presses it.
export function choice(name, options, onpick) {
  const buttons = options.map((option) => button(option, () => onpick(option)));
  const node = h("div", { class: "ex-buttons", role: "group", "aria-label": name }, ...buttons);
  return {
    node,
    set: (option) =>
      buttons.forEach((b, i) => change(b, { "aria-pressed": options[i] === option })),
  };
}

export const button = (text, onclick) =>
  h("button", { type: "button", class: "ex-button", onclick }, text);

// A polite live region that speaks once the reader's hand rests, and never twice the same.
export function announcer(pause = 800) {
  const node = h("p", { class: "ex-hidden", role: "status" });
  let timer, said;
  return {
    node,
    say(text) {
      clearTimeout(timer);
      if (said === undefined)
        said = text; // the state at the start is no news
      else
        timer = setTimeout(() => {
          if (text !== said) node.textContent = said = text;
        }, pause);
    },
    stop: () => clearTimeout(timer),
  };
}

// Set traits and tell the kernel, in one message.
export function commit(model, traits) {
  for (const [name, value] of Object.entries(traits)) model.set(name, value);
  model.save_changes();
}

// Draw now, and once after each change of the named traits, however many change together.
export function watch(model, names, draw) {
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      draw();
    });
  };
  names.forEach((name) => model.on(`change:${name}`, soon));
  draw();
  return () => names.forEach((name) => model.off(`change:${name}`, soon));
}
