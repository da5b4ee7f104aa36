/** Draws every chart that can be seen, and again when language, theme or day change. */
export const CHART_SCRIPT = `
(() => {
  "use strict";
  const root = document.documentElement;
  const charts = new Map();
  /** Below so many pixels a slot, pairs of bars cannot be told apart: lines then. */
  const MIN_SLOT_PX = 11;
  const colour = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();

  function hatch(context, line, back) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    if (back) { pen.fillStyle = back; pen.fillRect(0, 0, 8, 8); }
    pen.strokeStyle = line;
    pen.lineWidth = back ? 2.4 : 1.1;
    pen.beginPath();
    for (const shift of [-8, 0, 8]) { pen.moveTo(shift, 8); pen.lineTo(shift + 8, 0); }
    pen.stroke();
    return context.createPattern(tile, "repeat");
  }

  function dots(context, dot, back) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6;
    const pen = tile.getContext("2d");
    pen.fillStyle = back;
    pen.fillRect(0, 0, 6, 6);
    pen.fillStyle = dot;
    pen.beginPath();
    pen.arc(3, 3, 1.5, 0, 2 * Math.PI);
    pen.fill();
    return context.createPattern(tile, "repeat");
  }

  const barColour = (name, state, context) => {
    if (state === "repaired") return dots(context, colour("card"), colour(name));
    if (state === "partial") return hatch(context, colour("card"), colour(name));
    return state === "running" ? colour(name + "-soft") : colour(name);
  };

  const gaps = {
    id: "gaps",
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales: { x } } = chart;
      const states = chart.options.kazoeStates;
      const width = states.length > 1 ? x.getPixelForValue(1) - x.getPixelForValue(0) : area.width;
      ctx.save();
      const pattern = hatch(ctx, colour("hatch"));
      states.forEach((state, index) => {
        if (state !== "none" && state !== "partial") return;
        const left = Math.max(area.left, x.getPixelForValue(index) - width / 2);
        const right = Math.min(area.right, x.getPixelForValue(index) + width / 2 + 0.5);
        ctx.fillStyle = colour("gap");
        ctx.fillRect(left, area.top, right - left, area.height);
        ctx.fillStyle = pattern;
        if (state === "none") ctx.fillRect(left, area.top, right - left, area.height);
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
            label: (item) => " " + item.dataset.label + "  " +
              (item.raw === null ? "–" : number.format(item.raw) + data.series[item.datasetIndex].unit[language]),
            footer: (items) => data.notes[language][items[0].dataIndex],
          },
          padding: 10, boxPadding: 4, cornerRadius: 8, displayColors: true,
          backgroundColor: colour("tip"), titleColor: colour("tip-text"), bodyColor: colour("tip-text"),
          footerColor: colour("tip-text"), footerFont: { weight: "normal" },
        },
      },
      scales: {
        x: {
          offset: true, grid: { display: false, offset: true }, border: { color: colour("axis") },
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
    const context = canvas.getContext("2d");
    const isNarrow = canvas.parentElement.clientWidth / data.states.length < MIN_SLOT_PX;
    const bars = (series) => ({
      backgroundColor: data.states.map((state) => barColour(series.role, state, context)),
      borderColor: colour(series.role), borderWidth: data.states.map((state) => (state === "running" ? 1.5 : 0)),
      borderRadius: 3, borderSkipped: "bottom", maxBarThickness: 30, categoryPercentage: 0.84, barPercentage: 0.96,
    });
    const lines = (series) => ({
      borderColor: colour(series.role), backgroundColor: colour("card"), borderWidth: 2, tension: 0,
      pointRadius: data.states.map((state) => (state === "running" || state === "partial" ? 3 : 0)), pointHitRadius: 8,
      segment: { borderDash: (at) => (data.states[at.p1DataIndex] === "running" ? [3, 3] : undefined) },
    });
    charts.get(canvas)?.destroy();
    charts.set(canvas, new Chart(canvas, {
      type: isNarrow ? "line" : "bar",
      data: {
        labels: data.labels[language],
        datasets: data.series.map((series) => ({
          label: series.name[language], data: series.values, ...(isNarrow ? lines : bars)(series),
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
