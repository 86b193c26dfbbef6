/* Draws the table of each figure as bars, or as lines where the figure says so; the table stays below and says the same. Arrow keys walk through the bars. */
"use strict";

// Okabe and Ito's colours, told apart with any colour vision; each series has an outline and its name besides.
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#5b5b5b"];
const LYING_FROM = 7;

// Lines have a dash of their own besides their colour.
const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3]];
const MOST = 15;

const read = (table, wanted) => {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const places = wanted || heads.slice(1).map((_head, place) => place + 1);
  const columns = places.map((place) => heads[place]);
  const rows = [...table.tBodies[0].rows].slice(0, wanted ? MOST : undefined);
  const number = (row, place) => row.cells[places[place]].dataset.value;
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    datasets: columns.map((label, place) => ({
      label,
      data: rows.map((row) => (number(row, place) === "" ? null : Number(number(row, place)))),
      borderDash: DASHES[place % DASHES.length],
      backgroundColor: COLOURS[place % COLOURS.length],
      borderColor: "#18242b",
      borderWidth: place >= COLOURS.length ? 2 : 0,
      maxBarThickness: 34,
    })),
  };
};

const draw = (figure) => {
  const table = figure.querySelector("table");
  const canvas = figure.querySelector("canvas");
  const line = figure.dataset.chart === "line";
  const data = read(table, figure.dataset.columns && figure.dataset.columns.split(" ").map(Number));
  if (line) data.datasets.forEach((set) => Object.assign(set, { borderColor: set.backgroundColor, borderWidth: 2 }));
  const lying = !line && (data.labels.length >= LYING_FROM || innerWidth < 600);
  if (lying) {
    const height = 60 + data.labels.length * Math.max(22, 10 * data.datasets.length);
    canvas.parentElement.style.height = `${height}px`;
  }
  const chart = new Chart(canvas, {
    type: line ? "line" : "bar",
    data,
    options: {
      indexAxis: lying ? "y" : "x",
      maintainAspectRatio: false,
      animation: false,
      plugins: { legend: { display: data.datasets.length > 1, position: "bottom" } },
      scales: { [lying ? "x" : "y"]: { beginAtZero: true, ticks: { precision: 0 } } },
    },
  });
  walk(canvas, chart, data);
};

const walk = (canvas, chart, data) => {
  const bars = data.labels.flatMap((_label, index) => data.datasets.map((_set, datasetIndex) => ({ datasetIndex, index })));
  const told = bars.filter((bar) => data.datasets[bar.datasetIndex].data[bar.index] !== null);
  let at = -1;
  const show = (active) => {
    chart.setActiveElements(active);
    chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
    chart.update();
  };
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") show([]);
    if (!step || !told.length) return;
    event.preventDefault();
    at = (at + step + told.length) % told.length;
    const bar = told[at];
    const set = data.datasets[bar.datasetIndex];
    show([bar]);
    document.getElementById("said").textContent = [data.labels[bar.index], set.label, set.data[bar.index]].join(" ");
  });
  canvas.addEventListener("blur", () => show([]));
};

for (const figure of document.querySelectorAll("[data-chart]")) draw(figure);
