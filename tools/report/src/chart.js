// ECharts, set up once: only the parts that the page uses, colours from the style sheet, a description for screen readers.
import { BarChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { CanvasRenderer } from 'echarts/renderers';

import { element } from './dom.js';

echarts.use([BarChart, HeatmapChart, LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent,
  VisualMapComponent, LabelLayout, CanvasRenderer]);

const charts = new Map();  // host element -> { chart, make }

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const series = () => css('--series').split(/\s+/);
export const colour = (name) => css('--' + name);

function themed(option) {
  const text = colour('text'), soft = colour('soft'), line = colour('line');
  const axis = (given) => given && [].concat(given).map((one) => ({
    nameTextStyle: { color: soft }, ...one,
    axisLabel: { color: soft, hideOverlap: true, ...one.axisLabel },
    axisLine: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line, opacity: 0.5 }, ...one.splitLine },
  }));
  return {
    animation: false, color: series(), backgroundColor: 'transparent', textStyle: { color: text },
    grid: { left: 12, right: 24, top: 40, bottom: 32, outerBoundsMode: 'same', ...option.grid },
    ...option,
    xAxis: axis(option.xAxis), yAxis: axis(option.yAxis),
    tooltip: { backgroundColor: colour('card'), borderColor: line, textStyle: { color: text }, confine: true, ...option.tooltip },
    legend: option.legend && { textStyle: { color: text }, inactiveColor: line, type: 'plain', top: 0, ...option.legend },
  };
}

// Draws into `host`. make(): the ECharts option, called again when the colours change. description: what the picture says.
// height: in pixels, where it follows from what is shown.
export function draw(host, description, make, height = null) {
  let entry = charts.get(host);
  if (!entry) {
    const plot = element('div', { class: 'plot', role: 'img' });
    const caption = element('figcaption');
    host.replaceChildren(element('figure', {}, plot, caption));
    entry = { chart: echarts.init(plot, null, { renderer: 'canvas' }), plot, caption };
    charts.set(host, entry);
    new ResizeObserver(() => entry.chart.resize()).observe(plot);
  }
  entry.make = make;
  entry.plot.style.height = height === null ? '' : `${height}px`;
  entry.plot.setAttribute('aria-label', description);
  entry.caption.textContent = description;
  entry.chart.setOption(themed(make()), { notMerge: true });
  return entry.chart;
}

// A numeric axis: logarithmic where the values span much, else linear and no longer than they need.
export function spanning(values, least = Infinity, most = -Infinity) {
  const low = Math.min(least, ...values), high = Math.max(most, ...values);
  if (low > 0 && high / low > 10) return { type: 'log', min: 10 ** Math.floor(Math.log10(low)), max: 10 ** Math.ceil(Math.log10(high)) };
  const margin = (high - low) * 0.08 || high * 0.01;
  return { type: 'value', min: low - margin, max: high + margin };
}

// Says why there is no picture.
export function blank(host, why) {
  discard(host);
  host.replaceChildren(element('p', { class: 'hint' }, why));
}

export function discard(host) {
  charts.get(host)?.chart.dispose();
  charts.delete(host);
}

export function recolour() {
  for (const { chart, make } of charts.values()) chart.setOption(themed(make()), { notMerge: true });
}

// Paper is white, and as wide as it is.
matchMedia('print').addEventListener('change', () => {
  for (const { chart } of charts.values()) chart.resize();
  recolour();
});

// Text inside tooltips is markup to ECharts: escape what comes from the database.
export const escaped = (text) => echarts.format.encodeHTML(String(text));
