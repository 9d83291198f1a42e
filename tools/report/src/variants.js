// Every variant of the chosen group, fastest first, searched by its text.
import { outcomes } from './data.js';
import { byId, element, fillTable } from './dom.js';
import { ratio, rate, time } from './format.js';

const kStep = 50;
let shown = kStep;
let ordered = [];  // rows: correct by time, then failures

function matching(g) {
  const words = byId('variant-search').value.toLowerCase().split(/[\s,]+/).filter(Boolean);
  if (words.length === 0) return ordered;
  // "WG=25" must not find WG=256 when a whole NAME=VALUE was meant: words with '=' match whole tokens.
  return ordered.filter((row) => {
    const text = ` ${g.variant(row)} ${outcomes[g.outcome[row]]} `.toLowerCase();
    return words.every((word) => (word.includes('=') ? text.includes(` ${word} `) : text.includes(word)));
  });
}

const roles = (g, row) => [[g.best, 'best'], [g.default, 'default']].filter(([which]) => which === row)
  .map(([, name]) => element('span', { class: 'role' }, name));

export function showVariants(g, fresh) {
  if (fresh) {
    shown = kStep;
    const failed = [];
    g.outcome.forEach((outcome, row) => { if (outcome !== 0) failed.push(row); });
    ordered = [...g.ok, ...failed];
  }
  const rows = matching(g);
  byId('variant-count').textContent = `${rows.length} of ${g.rows}`;
  byId('more').hidden = rows.length <= shown;
  fillTable(byId('variants'), 'Fastest first; failures last. Where a play-off cannot tell variants apart the simplest is the best, though it may stand below others.',
    [{ heading: 'variant' }, { heading: 'outcome' }, { heading: 'time', number: true }, { heading: '95 % interval', number: true },
      { heading: 'rate', number: true }, { heading: 'time / best', number: true }],
    rows.slice(0, shown).map((row) => {
      const ok = g.outcome[row] === 0;
      return {
        attributes: { 'data-row': row },
        cells: [element('span', {}, element('code', {}, g.variant(row)), ...roles(g, row)), outcomes[g.outcome[row]], ok ? time(g.median_ns[row]) : '',
          ok ? `${time(g.low_ns[row])} – ${time(g.high_ns[row])}` : '', ok ? rate(g, g.median_ns[row]) : '', ok ? ratio(g.median_ns[row] / g.bestNs) : ''],
      };
    }));
}

export function setUpVariants(state) {
  byId('variant-search').addEventListener('input', () => { shown = kStep; showVariants(state.group, false); });
  byId('more').addEventListener('click', () => { shown += 4 * kStep; showVariants(state.group, false); });
}
