// Two devices, or the same device in two databases, problem by problem.
import { blank, colour, draw, escaped, spanning } from './chart.js';
import { devices, groups } from './data.js';
import { byId, element, fillSelect, fillTable } from './dom.js';
import { plural, ratio, tick, time } from './format.js';

const kDrawn = 60;  // problems in the chart; the table has all

function pairs(a, b) {
  const key = (g) => `${g.kernel.name}\n${g.problem}`;
  const second = new Map(groups.filter((g) => g.deviceIndex === b).map((g) => [key(g), g]));
  return groups.filter((g) => g.deviceIndex === a && g.best >= 0).map((g) => ({ first: g, second: second.get(key(g)) }))
    .filter(({ second: other }) => other && other.best >= 0);
}

// The second's time of the variant that is best on the first; NaN when it was not measured there.
function choiceNs(first, second) {
  const wanted = first.variant(first.best);
  const row = second.ok.find((candidate) => second.variant(candidate) === wanted);
  return row === undefined ? NaN : second.median_ns[row];
}

function option(rows) {
  const ratios = rows.map(({ first, second }) => first.bestNs / second.bestNs);
  return {
    grid: { top: 28, bottom: 44, right: 40 },
    tooltip: { formatter: ({ name, value }) => `${escaped(name)}<br>first / second: ${ratio(value)}` },
    xAxis: { ...spanning(ratios, 0.8, 1.25), name: 'time on the first / time on the second', nameLocation: 'middle', nameGap: 26, axisLabel: { formatter: (x) => tick(x) + '×' } },
    yAxis: { type: 'category', inverse: true, data: rows.map(({ first }) => `${first.kernel.name} ${first.problem}`), axisLabel: { width: 220, overflow: 'truncate' } },
    series: [{ type: 'scatter', symbolSize: 12, data: ratios,
      markLine: { symbol: 'none', silent: true, precision: 6, data: [{ xAxis: 1 }], label: { formatter: 'equal', position: 'start', color: colour('soft') } } }],
  };
}

function show() {
  const a = Number(byId('compare-a').value), b = Number(byId('compare-b').value);
  const rows = pairs(a, b);
  const host = byId('compare-chart');
  if (rows.length === 0) {
    byId('compare-table').replaceChildren();
    return blank(host, 'Nothing was measured on both.');
  }
  const slower = rows.filter(({ first, second }) => first.bestNs > second.bestNs).length;
  draw(host, `${plural(rows.length, 'problem')} on both; the second is faster at ${slower}.` +
    (rows.length > kDrawn ? ` The first ${kDrawn} are drawn.` : ''), () => option(rows.slice(0, kDrawn)),
    96 + 20 * Math.min(rows.length, kDrawn));
  fillTable(byId('compare-table'), `First: ${devices[a].label}. Second: ${devices[b].label}.`,
    [{ heading: 'kernel' }, { heading: 'problem' }, { heading: 'first', number: true }, { heading: 'second', number: true }, { heading: 'first / second', number: true },
      { heading: "first's choice on the second", number: true }, { heading: "second's best variant" }],
    rows.map(({ first, second }) => ({ cells: [first.kernel.name, first.problem, time(first.bestNs), time(second.bestNs), ratio(first.bestNs / second.bestNs),
      Number.isNaN(choiceNs(first, second)) ? 'not measured' : ratio(choiceNs(first, second) / second.bestNs), element('code', {}, second.variant(second.best))] })));
}

export function setUpCompare() {
  if (devices.length < 2) {
    byId('compare').hidden = true;
    return;
  }
  const choices = devices.map((device, index) => [index, device.label]);
  fillSelect(byId('compare-a'), choices, 0);
  fillSelect(byId('compare-b'), choices, 1);
  byId('compare-a').addEventListener('change', show);
  byId('compare-b').addEventListener('change', show);
  show();
}
