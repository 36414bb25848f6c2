// A chart as SVG text: bars, or lines over time, drawn by Vega-Lite. Not in it: which figures (scripts/bench-report.mjs).
import * as vega from "vega";
import { compile } from "vega-lite";

const config = { background: "white", font: "sans-serif", axis: { labelFontSize: 11, titleFontSize: 11 }, view: { stroke: null } };

async function draw(spec) {
  const view = new vega.View(vega.parse(compile({ config, ...spec }).spec), { renderer: "none" });
  return `${await view.toSVG()}\n`;
}

/** Bars of `rows` ({ name, group, value }), a colour a group, on a logarithmic scale where asked. */
export function bars({ title, unit, rows, log = false }) {
  const scale = log ? { type: "log", domainMin: Math.min(...rows.map(({ value }) => value)) / 2 } : { zero: true };
  const groups = [...new Set(rows.map(({ group }) => group))];
  return draw({
    title,
    width: 460,
    height: { step: groups.length > 1 ? 14 : 20 },
    data: { values: rows },
    mark: { type: "bar", cornerRadiusEnd: 2 },
    encoding: {
      y: { field: "name", type: "nominal", sort: null, title: null },
      yOffset: groups.length > 1 ? { field: "group", sort: groups } : undefined,
      x: { field: "value", type: "quantitative", scale, title: unit },
      color: { field: "group", sort: groups, title: null, legend: groups.length > 1 ? {} : null },
    },
  });
}

/** Lines of `rows` ({ x, group, value }). */
export function lines({ title, unit, over, rows, log = false }) {
  return draw({
    title,
    width: 560,
    height: 240,
    data: { values: rows },
    mark: { type: "line", interpolate: "step-after", strokeWidth: 1.5 },
    encoding: {
      x: { field: "x", type: "quantitative", title: over },
      y: { field: "value", type: "quantitative", title: unit, scale: log ? { type: "symlog", constant: 100 } : {} },
      color: { field: "group", title: null },
    },
  });
}
