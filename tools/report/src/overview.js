// The table of best variants: filter, sort, choose.
import { devices, groups } from './data.js';
import { byId, element, fillSelect, fillTable } from './dom.js';
import { ratio, rate, time } from './format.js';

const columns = [
  { heading: 'kernel', key: (g) => g.kernel.name },
  { heading: 'problem', wide: true, key: (g) => g.problem },
  { heading: 'device', wide: true, key: (g) => g.device.label },
  { heading: 'best variant', key: (g) => (g.best >= 0 ? g.variant(g.best) : '') },
  { heading: 'time', number: true, key: (g) => g.bestNs },
  { heading: 'rate', number: true, key: (g) => (g.flops || g.bytes) / g.bestNs },
  { heading: 'over default', number: true, key: (g) => g.defaultNs / g.bestNs },
  { heading: 'over median', number: true, key: (g) => g.medianNs / g.bestNs },
  { heading: 'variants', number: true, key: (g) => g.rows },
  { heading: 'failed', number: true, key: (g) => g.failed },
];

let sorted = { column: 0, descending: false };

function compare(a, b) {
  const left = columns[sorted.column].key(a), right = columns[sorted.column].key(b);
  const order = typeof left === 'string' ? left.localeCompare(right, 'en', { numeric: true })
    : (Number.isFinite(left) ? left : Infinity) - (Number.isFinite(right) ? right : Infinity);
  return (sorted.descending ? -order : order) || a.index - b.index;
}

function visible() {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const device = byId('device').value;
  return groups.filter((g) => (device === '' || String(g.deviceIndex) === device) && words.every((word) => g.search.includes(word)));
}

export function setUpOverview(state) {
  fillSelect(byId('device'), [['', 'all'], ...devices.map((device, index) => [index, device.label])], '');
  const show = () => {
    const shown = visible().sort(compare);
    byId('count').textContent = `${shown.length} of ${groups.length}`;
    const row = (g) => ({
      attributes: { 'data-group': g.index, 'aria-current': g === state.group && 'true' },
      cells: [
        element('button', { type: 'button', onclick: () => { state.choose(g); byId('detail').scrollIntoView(); } }, g.kernel.name),
        g.problem, g.device.label, element('code', {}, g.best >= 0 ? g.variant(g.best) : 'none'),
        g.best >= 0 ? time(g.bestNs) : '-', rate(g, g.bestNs), ratio(g.defaultNs / g.bestNs), ratio(g.medianNs / g.bestNs),
        String(g.rows), String(g.failed),
      ],
    });
    const sort = (column) => {
      sorted = { column, descending: sorted.column === column && !sorted.descending };
      show();
      byId('best').querySelectorAll('th button')[column].focus();
    };
    fillTable(byId('best'), 'Choose a kernel to see its details below.', columns, shown.map(row), sorted, sort);
  };
  byId('search').addEventListener('input', show);
  byId('device').addEventListener('change', show);
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  state.onChoose(show);
  show();
}
