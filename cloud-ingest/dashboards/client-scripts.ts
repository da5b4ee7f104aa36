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

/** Draws every chart that can be seen, and again when language, theme or day change. */
export const CHART_SCRIPT = `
(() => {
  "use strict";
  const root = document.documentElement;
  const charts = new Map();
  const colour = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();

  function hatch(context) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour("hatch");
    pen.lineWidth = 1.1;
    pen.beginPath();
    for (const shift of [-8, 0, 8]) { pen.moveTo(shift, 8); pen.lineTo(shift + 8, 0); }
    pen.stroke();
    return context.createPattern(tile, "repeat");
  }

  const gaps = {
    id: "gaps",
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales: { x } } = chart;
      const states = chart.options.kazoeStates;
      const width = states.length > 1 ? x.getPixelForValue(1) - x.getPixelForValue(0) : area.width;
      ctx.save();
      const pattern = hatch(ctx);
      states.forEach((state, index) => {
        if (state !== "none" && state !== "partial") return;
        const left = x.getPixelForValue(index) - width / 2;
        const height = state === "none" ? area.height : 7;
        ctx.fillStyle = colour("gap");
        ctx.fillRect(left, area.top, width + 0.5, height);
        ctx.fillStyle = pattern;
        ctx.fillRect(left, area.top, width + 0.5, height);
      });
      ctx.restore();
    },
  };

  function options(data, language) {
    const font = { family: getComputedStyle(document.body).fontFamily, size: 11 };
    const number = new Intl.NumberFormat(language);
    return {
      kazoeStates: data.states,
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: "index", intersect: false },
      locale: language,
      layout: { padding: { top: 4 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            title: (items) => data.titles[language][items[0].dataIndex],
            label: (item) => " " + item.dataset.label + "  " + number.format(item.raw),
            footer: (items) => data.notes[language][items[0].dataIndex],
          },
          padding: 10, boxPadding: 4, cornerRadius: 8, displayColors: true,
          backgroundColor: colour("tip"), titleColor: colour("tip-text"), bodyColor: colour("tip-text"),
          footerColor: colour("tip-text"), footerFont: { weight: "normal" },
        },
      },
      scales: {
        x: {
          grid: { display: false }, border: { color: colour("axis") },
          ticks: { color: colour("muted"), font, maxRotation: 0, autoSkip: true, autoSkipPadding: 14 },
        },
        y: {
          beginAtZero: true, suggestedMax: 4, border: { display: false }, grid: { color: colour("grid") },
          ticks: { color: colour("muted"), font, precision: 0, maxTicksLimit: 6, padding: 6 },
        },
      },
    };
  }

  function draw(canvas, data) {
    const language = root.lang;
    charts.get(canvas)?.destroy();
    charts.set(canvas, new Chart(canvas, {
      type: "bar",
      data: {
        labels: data.labels[language],
        datasets: data.series.map((series) => ({
          label: series.name[language], data: series.values, backgroundColor: colour(series.role),
          borderRadius: 3, borderSkipped: "bottom", maxBarThickness: 30, categoryPercentage: 0.84, barPercentage: 0.96,
        })),
      },
      options: options(data, language),
      plugins: [gaps],
    }));
  }

  window.kazoeDraw = (again) => {
    for (const figure of document.querySelectorAll("figure.chart")) {
      const canvas = figure.querySelector("canvas");
      const isVisible = figure.offsetParent !== null;
      if (isVisible && (again || !charts.has(canvas))) draw(canvas, JSON.parse(figure.querySelector("script").textContent));
      if (!isVisible && again) { charts.get(canvas)?.destroy(); charts.delete(canvas); }
    }
  };
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

  for (const button of document.querySelectorAll("button[data-day]")) {
    button.addEventListener("click", () => {
      for (const other of document.querySelectorAll("button[data-day]")) other.ariaPressed = String(other === button);
      for (const day of document.querySelectorAll("section.day")) {
        day.classList.toggle("chosen", day.dataset.day === button.dataset.day);
      }
      redraw(false);
    });
  }

  let theme;
  addEventListener("beforeprint", () => { theme = root.dataset.theme; root.dataset.theme = "light"; redraw(true); });
  addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme; else delete root.dataset.theme;
    redraw(true);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw(true));

  redraw(true);
  root.dataset.overflow = String(root.scrollWidth - root.clientWidth);
  root.dataset.ready = String(document.querySelectorAll("figure.chart canvas[width]").length);
})();
`;
