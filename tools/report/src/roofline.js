// Best variants under the highest bandwidth and arithmetic rate reached on the device.
import { blank, colour, draw, escaped, series } from './chart.js';
import { byId } from './dom.js';
import { groups } from './data.js';
import { bandwidth, flops, percent, tick, time } from './format.js';

const kNoFlops = 0.01;  // where kernels without arithmetic stand

function marks(device) {
  const all = groups.filter((g) => g.deviceIndex === device && g.best >= 0 && (g.bytes > 0 || g.flops > 0));
  const bandwidthRoof = Math.max(0, ...all.map((g) => g.bytes / g.bestNs));
  const flopsRoof = Math.max(0, ...all.map((g) => g.flops / g.bestNs));
  const intensities = all.filter((g) => g.bytes > 0 && g.flops > 0).map((g) => g.flops / g.bytes);
  const right = 10 ** Math.ceil(Math.log10(Math.max(64, flopsRoof / (bandwidthRoof || 1), ...intensities) * 1.5));
  const points = all.map((g) => {
    if (g.flops > 0 && g.bytes > 0) return { g, x: g.flops / g.bytes, y: g.flops / g.bestNs };
    return g.bytes > 0 ? { g, x: kNoFlops, y: (g.bytes / g.bestNs) * kNoFlops } : { g, x: right, y: g.flops / g.bestNs };
  });
  return { points, bandwidthRoof, flopsRoof, right };
}

function roof({ bandwidthRoof, flopsRoof, right }) {
  if (bandwidthRoof === 0) return [[kNoFlops, flopsRoof], [right, flopsRoof]];
  if (flopsRoof === 0) return [[kNoFlops, bandwidthRoof * kNoFlops], [right, bandwidthRoof * right]];
  const ridge = flopsRoof / bandwidthRoof;
  return [[kNoFlops, bandwidthRoof * kNoFlops], [ridge, flopsRoof], [right, flopsRoof]];
}

function option(shape) {
  const names = [...new Set(shape.points.map(({ g }) => g.kernel.name))];
  const limit = (x) => Math.min(shape.flopsRoof || Infinity, (shape.bandwidthRoof || Infinity) * x);
  const tip = ({ data }) => `<b>${escaped(data.g.kernel.name)}</b> ${escaped(data.g.problem)}<br>${escaped(data.g.variant(data.g.best))}<br>` +
    `${time(data.g.bestNs)}` + (data.g.bytes > 0 ? `, ${bandwidth(data.g.bytes / data.g.bestNs)}` : '') +
    (data.g.flops > 0 ? `, ${flops(data.g.flops / data.g.bestNs)}` : '') + `<br>${percent(data.value[1] / limit(data.value[0]))} of the roof`;
  const symbols = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow'];
  return {
    legend: { data: names, type: 'scroll', itemWidth: 12, itemHeight: 12, pageTextStyle: { color: colour('text') }, pageIconColor: colour('accent') },
    grid: { top: 64, bottom: 40 },
    tooltip: { trigger: 'item', formatter: (item) => (item.data.g ? tip(item) : '') },
    xAxis: { type: 'log', min: kNoFlops, max: shape.right, name: 'flops per byte', nameLocation: 'middle', nameGap: 28, axisLabel: { formatter: tick } },
    yAxis: { type: 'log', name: 'GFLOP/s', axisLabel: { formatter: tick } },
    series: [
      { type: 'line', data: roof(shape), symbol: 'none', silent: true, lineStyle: { color: colour('soft'), width: 2 } },
      ...names.map((name, index) => ({
        type: 'scatter', name, symbolSize: 11, symbol: symbols[index % symbols.length], itemStyle: { color: series()[index % 8] },
        label: { show: true, position: 'right', fontSize: 10, color: colour('soft'), formatter: name }, labelLayout: { hideOverlap: true },
        data: shape.points.filter(({ g }) => g.kernel.name === name).map(({ g, x, y }) => ({ value: [x, y], g })),
      })),
    ],
  };
}

export function setUpRoofline(state) {
  const show = () => {
    const device = state.group ? state.group.deviceIndex : 0;
    const shape = marks(device);
    const host = byId('roofline-chart');
    if (shape.points.length === 0) return blank(host, 'No kernel of this report states its bytes or flops.');
    const name = state.group.device.label;
    const chart = draw(host, `${name}: ${shape.points.length} kernels and problems; highest bandwidth ${bandwidth(shape.bandwidthRoof)}, ` +
      `highest arithmetic rate ${flops(shape.flopsRoof)}.`, () => option(shape));
    chart.off('click');
    chart.on('click', (item) => { if (item.data.g) state.choose(item.data.g); });
  };
  state.onChoose(show);
  show();
}
