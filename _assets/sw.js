// Keeps the book in the browser: pages from the network first, so that they are never stale; without
// a connection, from here. FILES is filled in by offline.py: each file's path and its content's hash.
const FILES = {};
const CACHE = `book ${registration.scope}`;

// The hash is part of the key: a changed file is another one. Static hosts ignore what follows "?".
const keyOf = (path) => new URL(`${encodeURI(path)}?${FILES[path]}`, registration.scope).href;

function pathOf(url) {
  if (!url.startsWith(registration.scope)) return undefined;
  const path = decodeURI(new URL(url).pathname.slice(new URL(registration.scope).pathname.length));
  // some hosts leave out index.html, some also ".html"
  return [path, `${path}index.html`, `${path}/index.html`, `${path}.html`].find((name) => name in FILES);
}

async function install() {
  const cache = await caches.open(CACHE);
  const held = new Set((await cache.keys()).map((request) => request.url));
  await cache.addAll(Object.keys(FILES).map(keyOf).filter((key) => !held.has(key)));
}

async function activate() {
  const cache = await caches.open(CACHE);
  const wanted = new Set(Object.keys(FILES).map(keyOf));
  const old = (await cache.keys()).filter((request) => !wanted.has(request.url));
  await Promise.all(old.map((request) => cache.delete(request)));
  await clients.claim(); // the page that was open first, too, reads on without a connection
}

async function kept(path, status = 200) {
  const held = await (await caches.open(CACHE)).match(keyOf(path));
  // anew, since a browser refuses a page that a host had redirected
  return held && new Response(held.body, { status, headers: held.headers });
}

async function page(request, path) {
  try {
    return await fetch(request);
  } catch {
    return (path && (await kept(path))) ?? (await kept("404.html", 404)) ?? Response.error();
  }
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const path = pathOf(request.url);
  if (request.mode === "navigate") event.respondWith(page(request, path));
  else if (path) event.respondWith(kept(path).then((held) => held ?? fetch(request)));
});
