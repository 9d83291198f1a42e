// The best time found so far over each run that measured this kernel and problem.
import { blank, draw, escaped, spanning } from './chart.js';
import { runs } from './data.js';
import { byId } from './dom.js';
import { digits, plural, time } from './format.js';

function curves(g, by) {
  return runs.map((run, index) => {
    const points = [];
    let best = Infinity, evaluations = 0, started = null;
    for (let i = 0; i < run.group.length; ++i) {
      if (run.group[i] !== g.index) continue;
      evaluations += 1;
      started ??= run.seconds[i];
      if (run.median_ns[i] > 0 && run.median_ns[i] < best) {
        best = run.median_ns[i];
        points.push([by === 'seconds' ? run.seconds[i] - started : evaluations, best]);
      }
    }
    if (points.length === 0) return null;
    const last = run.group.lastIndexOf(g.index);
    points.push([by === 'seconds' ? run.seconds[last] - started : evaluations, best]);
    return { name: `run ${run.id ?? index + 1}: ${run.strategy || 'unknown'}, seed ${run.seed}`, points, evaluations, best };
  }).filter(Boolean);
}

function option(lines, by) {
  return {
    legend: { data: lines.map(({ name }) => name), bottom: 0, top: 'auto', type: 'scroll' },
    grid: { top: 32, bottom: 64 },
    tooltip: { trigger: 'item', formatter: ({ seriesName, value }) => `${escaped(seriesName)}<br>${by === 'seconds' ? digits(value[0]) + ' s' : 'evaluation ' + value[0]}: ${time(value[1])}` },
    xAxis: { type: 'value', name: by, nameLocation: 'middle', nameGap: 26, minInterval: by === 'seconds' ? 0 : 1 },
    yAxis: { ...spanning(lines.flatMap(({ points }) => points.map(([, ns]) => ns))), name: 'best so far', axisLabel: { formatter: time } },
    series: lines.map(({ name, points }) => ({ type: 'line', name, step: 'end', data: points, symbolSize: 6 })),
  };
}

export function showRuns(g) {
  const by = byId('progress-by').value;
  const lines = curves(g, by);
  const host = byId('progress-chart');
  if (lines.length === 0) return blank(host, 'No run is recorded for these measurements.');
  const found = lines.map(({ name, best, evaluations }) => `${name} reached ${time(best)} in ${plural(evaluations, 'evaluation')}`);
  draw(host, found.slice(0, 4).join('; ') + (found.length > 4 ? ` (and ${found.length - 4} more)` : '') + '.', () => option(lines, by));
}

export function setUpRuns(state) {
  byId('progress-by').addEventListener('change', () => showRuns(state.group));
}
