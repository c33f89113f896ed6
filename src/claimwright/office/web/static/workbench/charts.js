// Few charts, labelled directly, zero-based bars, in the page's own tokens.
"use strict";

const token = (name) => {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};
const dollars = (cents) => {
  const amount = Math.abs(cents) / 100;
  const text = amount >= 10000 ? `$${Math.round(amount / 1000)}k` : amount >= 1000 ? `$${(amount / 1000).toFixed(1).replace(".0", "")}k` : `$${amount.toFixed(0)}`;
  return cents < 0 ? `−${text}` : text;
};
const exact = (cents) => (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });

function base() {
  return {
    animation: false,
    textStyle: { color: token("--text"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 },
    grid: { left: 8, right: 16, top: 32, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, valueFormatter: exact },
  };
}
const quietAxis = () => ({ axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: token("--line") } }, axisLabel: { color: token("--muted"), formatter: dollars } });
const names = (labels) => ({ type: "category", data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: token("--line-strong") } }, axisLabel: { color: token("--muted") } });

const KINDS = {
  months: (data) => ({
    ...base(),
    legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: { color: token("--muted") } },
    xAxis: names(data.labels),
    yAxis: { type: "value", min: (range) => Math.min(0, range.min), ...quietAxis() },
    series: ["charges", "payments", "adjustments"].map((name, place) => ({
      name: name[0].toUpperCase() + name.slice(1), type: "bar", data: data[name], barMaxWidth: 28, itemStyle: { color: token(`--c${[1, 2, 6][place]}`), borderRadius: [3, 3, 0, 0] },
      label: { show: data.labels.length < 7, position: "top", color: token("--muted"), fontSize: 11, formatter: (point) => (point.value ? dollars(point.value) : "") },
    })),
  }),
  causes: (data) => ({
    ...base(),
    grid: { left: 8, right: 64, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "value", min: 0, ...quietAxis(), axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: { ...names(data.labels), inverse: true },
    series: [{ name: "Denied", type: "bar", data: data.values, barMaxWidth: 20, itemStyle: { color: token("--c1"), borderRadius: [0, 3, 3, 0] }, label: { show: true, position: "right", color: token("--text"), formatter: (point) => exact(point.value) } }],
  }),
};

const drawn = [];
function draw() {
  drawn.splice(0).forEach((chart) => chart.dispose());
  document.querySelectorAll("[data-chart]").forEach((box) => {
    const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
    const chart = echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(KINDS[box.dataset.chart](data));
    drawn.push(chart);
  });
}
draw();
addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
document.addEventListener("themechange", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
