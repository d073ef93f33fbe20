(() => {
  // What has been read and answered, in this browser only: {page: {read, passed, of}}.
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const KEY = `progress ${root.pathname}`; // one host may hold several books
  const nameOf = (url) => new URL(url, location.href).pathname.slice(root.pathname.length).replace(/\.html$/, "");
  const load = () => JSON.parse(localStorage.getItem(KEY) ?? "{}");
  const pageOf = (progress, name) => progress[name] ?? { read: false, passed: [], of: 0 };

  function change(alter) {
    const progress = load();
    const name = nameOf(location.href);
    progress[name] = pageOf(progress, name);
    alter(progress[name]);
    localStorage.setItem(KEY, JSON.stringify(progress));
  }

  function make(tag, text, className) {
    const element = document.createElement(tag);
    element.textContent = text;
    element.className = className;
    return element;
  }

  // A question is a run of folds, one for each answer. It is passed when the right one is opened.
  const answers = [...document.querySelectorAll("#check-yourself > details.sd-dropdown")];
  const questions = [];
  for (const answer of answers) {
    if (!answers.includes(answer.previousElementSibling)) questions.push([]);
    questions.at(-1).push(answer);
  }
  const right = (answer) => /^\s*(Yes|Right|Partly)\b/.test(answer.querySelector(".sd-summary-content").textContent);
  questions.forEach((question, number) => {
    question.find(right)?.addEventListener("toggle", (event) => {
      if (!event.target.open) return;
      change((page) => {
        page.of = questions.length;
        page.passed = [...new Set([...page.passed, number])];
      });
    });
  });

  const numbered = document.querySelector("h1 > .section-number");
  const end = document.querySelector(".prev-next-footer");
  if (numbered && end) {
    const label = make("label", " I have read this chapter", "progress-read");
    const box = make("input", "", "");
    box.type = "checkbox";
    box.checked = pageOf(load(), nameOf(location.href)).read;
    box.addEventListener("change", () => {
      change((page) => {
        page.read = box.checked;
        page.of = questions.length;
      });
    });
    label.prepend(box);
    end.prepend(label);
  }

  // ---- the front page
  const map = document.querySelector(".bd-article #chapters");
  if (!map) return;
  const status = make("p", "", "progress-status");
  map.append(status);

  function show() {
    for (const mark of map.querySelectorAll(".progress-mark")) mark.remove();
    const progress = load();
    let read = 0;
    for (const link of map.querySelectorAll("a.reference.internal")) {
      const page = pageOf(progress, nameOf(link.href));
      const words = [];
      if (page.read) words.push("✓ read");
      if (page.passed.length) words.push(`${page.passed.length} of ${page.of} self-checks passed`);
      if (words.length) link.after(make("span", words.join(", "), "progress-mark"));
      read += page.read;
    }
    status.replaceChildren();
    if (!Object.keys(progress).length) return;
    const erase = make("button", "Erase my progress", "btn btn-sm btn-outline-primary");
    erase.type = "button";
    erase.addEventListener("click", () => {
      localStorage.removeItem(KEY);
      show();
    });
    status.append(`Chapters read: ${read}. Your progress is kept in this browser alone and sent nowhere. `, erase);
  }

  show();
  addEventListener("pageshow", show); // after "back", which may show the page as it was left
})();
