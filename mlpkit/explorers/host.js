// Runs explorers on a page without a kernel: the part of a widget model that they use.

function createModel(state) {
  const traits = { ...state };
  const listeners = new Map();
  return {
    get: (name) => traits[name],
    set(name, value) {
      if (Object.is(traits[name], value)) return;
      traits[name] = value;
      listeners.get(`change:${name}`)?.forEach((call) => call());
    },
    save_changes() {}, // nobody to tell
    on(event, call) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event).add(call);
    },
    off: (event, call) => listeners.get(event)?.delete(call),
  };
}

async function mount(root) {
  const state = JSON.parse(root.querySelector("script").textContent);
  // all at once: a module names its imports only when it has arrived
  const urls = [root.dataset.module, ...root.dataset.needs.split(" ")];
  const [{ default: explorer }] = await Promise.all(
    urls.map((url) => import(new URL(url, document.baseURI))),
  );
  const el = document.createElement("div");
  explorer.render({ model: createModel(state), el });
  // the still picture stands until everything has worked
  root.replaceChildren(el);
  root.dataset.ready = "";
}

// heavy modules wait until their figure is within two screens
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      mount(target);
    }
  },
  { rootMargin: "200% 0px" },
);
for (const root of document.querySelectorAll("figure[data-module]"))
  "near" in root.dataset ? near.observe(root) : mount(root);
