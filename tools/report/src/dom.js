// Elements in a line. Text is always set as text, never as markup: a database is untrusted.

export const byId = (id) => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// choices: [[value, text], …]
export function fillSelect(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, text]) => element('option', { value, selected: String(value) === String(chosen) }, text)));
}

// columns: [{ heading, number, wide }]; rows: [{ cells: [text or node], attributes }]. onSort(column) makes headings buttons.
export function fillTable(table, caption, columns, rows, sorted = null, onSort = null) {
  const heading = (column, index) => {
    const direction = sorted && sorted.column === index ? (sorted.descending ? 'descending' : 'ascending') : null;
    const arrow = direction ? (sorted.descending ? ' ↓' : ' ↑') : '';
    const text = onSort ? element('button', { type: 'button', onclick: () => onSort(index) }, column.heading + arrow) : column.heading;
    return element('th', { scope: 'col', class: column.number && 'number', 'aria-sort': direction }, text);
  };
  table.replaceChildren(
    element('caption', { class: 'hint' }, caption),
    element('thead', {}, element('tr', {}, ...columns.map(heading))),
    element('tbody', {}, ...rows.map((row) => element('tr', row.attributes || {},
      ...row.cells.map((cell, index) => element('td', { class: columns[index].number ? 'number' : columns[index].wide && 'wide' }, cell))))));
}
