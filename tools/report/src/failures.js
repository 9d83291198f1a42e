// What went wrong, by kind, with the messages folded.
import { blank, draw, escaped } from './chart.js';
import { messages, outcomes } from './data.js';
import { byId, element, fillTable } from './dom.js';

const kShown = 100;

function folded(g) {
  const kinds = new Map();
  const lines = new Map();
  g.outcome.forEach((outcome, row) => {
    if (outcome === 0) return;
    kinds.set(outcome, (kinds.get(outcome) || 0) + 1);
    const key = `${outcome} ${g.message[row]}`;
    if (!lines.has(key)) lines.set(key, { outcome, message: g.message[row], count: 0, example: row });
    lines.get(key).count += 1;
  });
  return { kinds: [...kinds].sort((a, b) => b[1] - a[1]), lines: [...lines.values()].sort((a, b) => b.count - a.count) };
}

export function showFailures(g) {
  const { kinds, lines } = folded(g);
  const host = byId('failure-chart'), table = byId('failures');
  table.replaceChildren();
  if (kinds.length === 0) return blank(host, `None: all ${g.rows} measured variants are correct.`);
  draw(host, `${g.failed} of ${g.rows} variants failed: ` + kinds.map(([kind, count]) => `${count} ${outcomes[kind]}`).join(', ') + '.', () => ({
    grid: { top: 8, bottom: 8 },
    tooltip: { formatter: ({ name, value }) => `${escaped(name)}: ${value}` },
    xAxis: { type: 'value', minInterval: 1 },
    yAxis: { type: 'category', inverse: true, data: kinds.map(([kind]) => outcomes[kind]) },
    series: [{ type: 'bar', barMaxWidth: 28, data: kinds.map(([, count]) => count), label: { show: true, position: 'right', color: 'inherit' } }],
  }), 56 + 34 * kinds.length);
  fillTable(table, lines.length > kShown ? `The ${kShown} most frequent of ${lines.length} messages.` : 'Equal messages are one line.',
    [{ heading: 'outcome' }, { heading: 'count', number: true }, { heading: 'message' }, { heading: 'for example' }],
    lines.slice(0, kShown).map(({ outcome, message, count, example }) => ({
      cells: [outcomes[outcome], String(count), message >= 0 ? messages[message] : '', element('code', {}, g.variant(example))] })));
}
