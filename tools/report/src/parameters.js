// What each parameter does: main effects, and any two of them as a heat map.
import { blank, discard, draw, escaped } from './chart.js';
import { median } from './data.js';
import { byId, element, fillSelect, fillTable } from './dom.js';
import { percent, tick, time } from './format.js';

// Median and best of the variants with each value of a parameter, and the share of the variance of log time between values.
function effect(g, parameter) {
  const times = g.kernel.parameters[parameter].values.map(() => []);
  for (const row of g.ok) {  // in order of time
    const value = g.value(parameter, row);
    if (value >= 0) times[value].push(g.median_ns[row]);
  }
  const logs = times.map((list) => list.map(Math.log));
  const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const all = logs.flat();
  const centre = mean(all);
  const total = all.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  const between = logs.filter((list) => list.length > 0).reduce((sum, list) => sum + list.length * (mean(list) - centre) ** 2, 0);
  const used = times.filter((list) => list.length > 0).length;
  return { parameter, times, share: total > 0 ? between / total : 0, used, best: times.map((list) => list[0]), middle: times.map(median) };
}

function effectOption(g, { times, best, middle }, values) {
  const shown = values.map((_, index) => index).filter((index) => times[index].length > 0);
  const line = (name, list) => ({ type: 'line', name, symbolSize: 7, data: shown.map((index) => list[index] / g.bestNs) });
  return {
    legend: { data: ['best', 'median'], right: 0 },
    grid: { top: 32, bottom: 8, left: 8, right: 8 },
    tooltip: { trigger: 'axis', formatter: (items) => `${escaped(items[0].name)} (${times[shown[items[0].dataIndex]].length} variants)<br>` +
      items.map((item) => `${item.marker}${item.seriesName}: ${time(item.value * g.bestNs)}`).join('<br>') },
    xAxis: { type: 'category', data: shown.map((index) => values[index]) },
    yAxis: { type: 'value', scale: true, axisLabel: { formatter: (x) => tick(x) + '×' } },
    series: [line('best', best), line('median', middle)],
  };
}

export function showEffects(g) {
  const host = byId('effect-charts');
  host.querySelectorAll('[data-effect]').forEach(discard);
  host.replaceChildren();
  const effects = g.kernel.parameters.map((_, parameter) => effect(g, parameter)).filter(({ used }) => used > 1)
    .sort((a, b) => b.share - a.share);
  const bestValue = ({ parameter }) => {
    const value = g.best >= 0 ? g.value(parameter, g.best) : -1;
    return value >= 0 ? g.kernel.parameters[parameter].values[value] : '-';
  };
  byId('effect-hint').hidden = effects.length === 0;
  if (effects.length === 0) {
    byId('effects').replaceChildren();
    host.append(element('p', { class: 'hint' }, 'No parameter has more than one value among the correct variants.'));
    return;
  }
  fillTable(byId('effects'), 'Parameters with more than one measured value, the most important first.',
    [{ heading: 'parameter' }, { heading: 'share', number: true }, { heading: 'values', number: true }, { heading: 'in the best variant' }],
    effects.map((one) => ({ cells: [g.kernel.parameters[one.parameter].name, percent(one.share), String(one.used), bestValue(one)] })));
  for (const one of effects) {
    const { name, values } = g.kernel.parameters[one.parameter];
    const place = element('div', { 'data-effect': name });
    host.append(place);
    draw(place, `${name}: explains ${percent(one.share)}; best with ${bestValue(one)}.`, () => effectOption(g, one, values));
  }
}

function heatCells(g, x, y, of) {
  const cells = new Map();
  for (const row of g.ok) {
    const key = `${g.value(x, row)} ${g.value(y, row)}`;
    if (g.value(x, row) < 0 || g.value(y, row) < 0) continue;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(g.median_ns[row]);
  }
  return [...cells].map(([key, list]) => {
    const [column, line] = key.split(' ').map(Number);
    const ns = of === 'best' ? list[0] : median(list);
    return { value: [column, line, g.median_ns[g.ok[0]] / ns], ns, count: list.length };
  });
}

function heatOption(g, x, y, cells) {
  const { parameters } = g.kernel;
  const readable = cells.length <= 240 && parameters[x].values.length <= 16;
  return {
    grid: { top: 32, bottom: 76, left: 24 },
    tooltip: { formatter: ({ data }) => `${escaped(parameters[x].name)}=${escaped(parameters[x].values[data.value[0]])} ` +
      `${escaped(parameters[y].name)}=${escaped(parameters[y].values[data.value[1]])}<br>${time(data.ns)} (${data.count} variants)` },
    xAxis: { type: 'category', data: parameters[x].values, name: parameters[x].name, nameLocation: 'middle', nameGap: 28 },
    yAxis: { type: 'category', data: parameters[y].values, name: parameters[y].name },
    visualMap: { min: 0, max: 1, orient: 'horizontal', left: 'center', bottom: 0, itemHeight: 160, text: ['as fast as the fastest', 'slow'],
      inRange: { color: ['#440154', '#3b528b', '#21918c', '#5ec962', '#fde725'] }, textStyle: { color: 'inherit' }, calculable: false },
    series: [{ type: 'heatmap', data: cells,
      label: { show: readable, formatter: ({ data }) => Math.round(100 * data.value[2]) + '%', color: '#fff', textBorderColor: '#000', textBorderWidth: 2 } }],
  };
}

// Parameters that vary among the correct variants, by importance.
function varying(g) {
  return g.kernel.parameters.map((_, parameter) => effect(g, parameter)).filter(({ used }) => used > 1)
    .sort((a, b) => b.share - a.share).map(({ parameter }) => parameter);
}

export function showHeat(g, fresh) {
  const host = byId('heat-chart');
  const choices = varying(g);
  if (fresh) {
    const names = choices.map((parameter) => [parameter, g.kernel.parameters[parameter].name]);
    fillSelect(byId('heat-x'), names, choices[0]);
    fillSelect(byId('heat-y'), names, choices[1]);
  }
  byId('heat-controls').hidden = choices.length < 2;
  if (choices.length < 2) return blank(host, 'Fewer than two parameters vary among the correct variants.');
  const x = Number(byId('heat-x').value), y = Number(byId('heat-y').value), of = byId('heat-of').value;
  const cells = heatCells(g, x, y, of);
  if (cells.length === 0) return blank(host, 'No variant has both of these parameters.');
  const best = cells.reduce((a, b) => (a.ns < b.ns ? a : b));
  const { parameters } = g.kernel;
  draw(host, `${of === 'best' ? 'Best' : 'Median'} variant by ${parameters[x].name} and ${parameters[y].name}: fastest ${time(best.ns)} at ` +
    `${parameters[x].values[best.value[0]]} and ${parameters[y].values[best.value[1]]}.`, () => heatOption(g, x, y, cells),
    128 + 22 * Math.max(parameters[y].values.length, 8));
}

export function setUpHeat(state) {
  for (const id of ['heat-x', 'heat-y', 'heat-of']) byId(id).addEventListener('change', () => showHeat(state.group, false));
}
