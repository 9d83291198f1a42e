// The page: what is chosen, and who is told when that changes.
import { recolour } from './chart.js';
import { setUpCompare } from './compare.js';
import { databases, devices, groups, hone, kernels, made, measurements } from './data.js';
import { showDistribution } from './distribution.js';
import { byId, element, fillSelect } from './dom.js';
import { showFailures } from './failures.js';
import { plural, ratio, rate, time } from './format.js';
import { setUpOverview } from './overview.js';
import { setUpHeat, showEffects, showHeat } from './parameters.js';
import { setUpRoofline } from './roofline.js';
import { setUpRuns, showRuns } from './runs.js';
import { setUpVariants, showVariants } from './variants.js';

const listeners = [];
const state = {
  group: groups.find((g) => g.best >= 0) || groups[0] || null,
  choose(group) {
    if (group === this.group) return;
    this.group = group;
    history.replaceState(null, '', '#' + encodeURIComponent(`${group.kernel.name}/${group.problem}/${group.device.label}`));
    for (const listener of listeners) listener();
  },
  onChoose(listener) { listeners.push(listener); },
};

function showFacts(g) {
  byId('contract').textContent = [g.kernel.summary, g.kernel.source].filter(Boolean).join(' — ');
  const facts = [
    ['Best variant', element('code', {}, g.best >= 0 ? g.variant(g.best) : 'none worked')],
    ['Time', g.best >= 0 ? `${time(g.bestNs)} (${time(g.low_ns[g.best])} – ${time(g.high_ns[g.best])})` : '-'],
    ['Rate', rate(g, g.bestNs) || '-'],
    ['Over the default', ratio(g.defaultNs / g.bestNs)],
    ['Over the median', ratio(g.medianNs / g.bestNs)],
    ['Variants', `${g.rows}, ${g.failed} failed`],
    ['Device', `${g.device.label}, ${g.device.driver}`],
  ];
  byId('facts').replaceChildren(...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))));
}

function showDetail() {
  const g = state.group;
  const same = groups.filter((other) => other.kernel === g.kernel);
  fillSelect(byId('kernel'), kernels.filter((kernel) => groups.some((other) => other.kernel === kernel)).map((kernel) => [kernel.name, kernel.name]), g.kernel.name);
  fillSelect(byId('group'), same.map((other) => [other.index, devices.length > 1 ? `${other.problem}, ${other.device.label}` : other.problem]), g.index);
  showFacts(g);
  showDistribution(g);
  showEffects(g);
  showHeat(g, true);
  showRuns(g);
  showFailures(g);
  showVariants(g, true);
}

function fromAddress() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const found = groups.find((g) => `${g.kernel.name}/${g.problem}/${g.device.label}` === wanted);
  if (found) state.group = found;
}

function setUpTheme() {
  const select = byId('theme');
  select.addEventListener('change', () => {
    if (select.value === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = select.value;
    recolour();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
}

function setUp() {
  document.title = `hone report: ${databases.join(', ')}`;
  byId('about').textContent = `${databases.join(', ')}: ${measurements.toLocaleString('en')} variants measured, ${groups.length.toLocaleString('en')} ` +
    `kernels × problems × devices, ${plural(devices.length, 'device')}.`;
  byId('made').textContent = `hone ${hone}, ${made}.`;
  byId('licences').textContent = LICENCE_TEXT;  // put there by tools/report/bundle.mjs
  setUpTheme();
  if (groups.length === 0) {
    byId('count').textContent = 'This database holds no measurements yet: hone tune makes them.';
    for (const id of ['detail', 'roofline', 'compare']) byId(id).hidden = true;
    return;
  }
  fromAddress();
  setUpOverview(state);
  setUpRoofline(state);
  setUpHeat(state);
  setUpRuns(state);
  setUpVariants(state);
  byId('kernel').addEventListener('change', () => state.choose(groups.find((g) => g.kernel.name === byId('kernel').value)));
  byId('group').addEventListener('change', () => state.choose(groups[Number(byId('group').value)]));
  state.onChoose(showDetail);
  showDetail();
  setUpCompare();
}

setUp();
