// All variants' times as a histogram over log time, by pattern, with the best, the default and the median marked.
import { blank, colour, draw, escaped } from './chart.js';
import { byId } from './dom.js';
import { plural, time } from './format.js';

const kBins = 48;

function histogram(g) {
  const low = Math.log10(g.median_ns[g.ok[0]]);
  const high = Math.max(Math.log10(g.median_ns[g.ok[g.ok.length - 1]]), low + 0.01);
  const width = (high - low) / kBins;
  const patterns = [...new Set(g.ok.map((row) => g.pattern(row)))].sort();
  const counts = new Map(patterns.map((pattern) => [pattern, new Array(kBins).fill(0)]));
  for (const row of g.ok) {
    const bin = Math.min(kBins - 1, Math.floor((Math.log10(g.median_ns[row]) - low) / width));
    counts.get(g.pattern(row))[bin] += 1;
  }
  return { low, width, patterns, counts };
}

// Lines whose names would stand on one another are one line, at the first's place. marks: [[ns, name, type], …]
function merged(marks, width) {
  const lines = [];
  for (const [ns, name, type] of marks) {
    if (!Number.isFinite(ns)) continue;
    const near = lines.find((line) => Math.abs(line.at - Math.log10(ns)) < 6 * width);
    if (near) near.name += ', ' + name;
    else lines.push({ at: Math.log10(ns), name, type });
  }
  return lines;
}

function option(g) {
  const { low, width, patterns, counts } = histogram(g);
  const marks = merged([[g.bestNs, 'best', 'solid'], [g.defaultNs, 'default', 'dashed'], [g.medianNs, 'median', 'dotted']], width)
    .map(({ at, name, type }) => ({ xAxis: at, name, lineStyle: { type, color: colour('text'), width: 2 },
      label: { formatter: name, color: colour('text'), position: 'end' } }));
  return {
    legend: { data: patterns, bottom: 0, top: 'auto' },
    grid: { top: 32, bottom: 60 },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, formatter: (items) => {
      const from = items[0].data[0] - width / 2;
      return `${time(10 ** from)} to ${time(10 ** (from + width))}<br>` +
        items.filter((item) => item.data[1] > 0).map((item) => `${item.marker}${escaped(item.seriesName)}: ${item.data[1]}`).join('<br>');
    } },
    xAxis: { type: 'value', min: low - 3 * width, max: low + (kBins + 1) * width, axisLabel: { formatter: (x) => time(10 ** x) }, splitLine: { show: false } },
    yAxis: { type: 'value', name: 'variants', nameLocation: 'middle', minInterval: 1 },
    series: patterns.map((name, index) => ({
      type: 'bar', name, stack: 'all', barCategoryGap: '4%',
      data: counts.get(name).map((count, bin) => [low + (bin + 0.5) * width, count]),
      markLine: index === 0 ? { symbol: 'none', silent: true, precision: 12, data: marks } : undefined,
    })),
  };
}

export function showDistribution(g) {
  const host = byId('distribution-chart');
  if (g.ok.length === 0) return blank(host, 'No variant gave a correct result.');
  const slowest = g.median_ns[g.ok[g.ok.length - 1]];
  draw(host, `${plural(g.ok.length, 'correct variant')} from ${time(g.median_ns[g.ok[0]])} to ${time(slowest)}; best ${time(g.bestNs)}, median ${time(g.medianNs)}` +
    (Number.isFinite(g.defaultNs) ? `, default ${time(g.defaultNs)}.` : ', the default was not measured.'), () => option(g));
}
