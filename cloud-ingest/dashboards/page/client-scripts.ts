/** Runs before the first paint: language from `?lang`, the last choice or the browser; theme from `?theme`. */
export const START_SCRIPT = `
(() => {
  "use strict";
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const stored = () => { try { return localStorage.getItem("kazoe-language"); } catch { return null; } };
  const wanted = query.get("lang") || stored() || navigator.language || "ja";
  root.lang = wanted.toLowerCase().startsWith("ja") ? "ja" : "en";
  document.title = root.lang === "ja" ? root.dataset.titleJa : root.dataset.titleEn;
  const theme = query.get("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  root.classList.add("js");
  addEventListener("error", (event) => { root.dataset.error = event.message; });
})();
`;

/** Buttons, and the signs by which a test sees that the page came up. */
export const PAGE_SCRIPT = `
(() => {
  "use strict";
  const root = document.documentElement;
  const redraw = (again) => window.kazoeDraw?.(again);
  const on = (id, action) => document.getElementById(id)?.addEventListener("click", action);

  on("language", () => {
    root.lang = root.lang === "ja" ? "en" : "ja";
    document.title = root.lang === "ja" ? root.dataset.titleJa : root.dataset.titleEn;
    try { localStorage.setItem("kazoe-language", root.lang); } catch { /* a file page may have no storage */ }
    redraw(true);
  });
  on("print", () => print());

  for (const table of document.querySelectorAll("details.table")) table.open = false;

  function choose(date) {
    for (const other of document.querySelectorAll("button[data-day]")) other.ariaPressed = String(other.dataset.day === date);
    for (const day of document.querySelectorAll("section.day")) day.classList.toggle("chosen", day.dataset.day === date);
    redraw(false);
  }
  for (const button of document.querySelectorAll("button[data-day]")) {
    button.addEventListener("click", () => {
      choose(button.dataset.day);
      try { history.replaceState(null, "", "#" + button.dataset.day); } catch { /* not for every kind of address */ }
    });
  }
  const wanted = location.hash.slice(1);
  if ([...document.querySelectorAll("button[data-day]")].some((button) => button.dataset.day === wanted)) choose(wanted);

  const madeMs = Date.parse(root.dataset.made);
  const age = document.getElementById("age");
  const ageTexts = age && [...age.querySelectorAll("span[lang]")].map((span) => ({ span, text: span.textContent }));
  function tellAge() {
    const minutes = Math.floor((Date.now() - madeMs) / 60000);
    const [value, unit] = minutes < 60 ? [minutes, "minute"] : minutes < 1440 ? [minutes / 60, "hour"] : [minutes / 1440, "day"];
    for (const { span, text } of ageTexts) {
      const words = new Intl.RelativeTimeFormat(span.lang).format(-Math.floor(value), unit);
      span.textContent = text.replace("{age}", words);
    }
    age.hidden = minutes < 10;
  }
  if (age && madeMs) { tellAge(); setInterval(tellAge, 60000); }
  if (root.dataset.live === "true") setInterval(() => { if (!document.hidden) location.reload(); }, 300000);

  let theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    root.classList.add("print");
    redraw(true);
  });
  addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    root.classList.remove("print");
    redraw(true);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw(true));

  redraw(true);
  root.dataset.overflow = String(root.scrollWidth - root.clientWidth);
  root.dataset.ready = String(document.querySelectorAll("figure.chart canvas[width]").length);
})();
`;
