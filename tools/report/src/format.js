// Numbers for people, as tools/format.cpp writes them.

export function digits(value) {
  if (!Number.isFinite(value)) return '-';
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value) * (1 + 1e-12)));
  return value.toFixed(Math.min(Math.max(2 - magnitude, 0), 9));
}

export function time(ns) {
  if (ns >= 999.5e6) return digits(ns / 1e9) + ' s';
  if (ns >= 999.5e3) return digits(ns / 1e6) + ' ms';
  if (ns >= 999.5) return digits(ns / 1e3) + ' µs';
  return digits(ns) + ' ns';
}

export const ratio = (value) => (Number.isFinite(value) ? digits(value) + '×' : '-');
export const plural = (count, noun) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
export const tick = (value) => value.toLocaleString('en', { maximumSignificantDigits: 3 });  // of an axis
export const percent = (share) => (Number.isFinite(share) ? (100 * share).toFixed(1) + ' %' : '-');
export const bandwidth = (bytesPerNs) => digits(bytesPerNs) + ' GB/s';
export const flops = (flopsPerNs) => (flopsPerNs >= 999.5 ? digits(flopsPerNs / 1e3) + ' TFLOP/s' : digits(flopsPerNs) + ' GFLOP/s');

// What a person looks at first: arithmetic where there is more of it than a memory-bound kernel has, else bytes.
export function rate(group, ns) {
  if (!(ns > 0)) return '';
  if (group.flops > 4 * group.bytes || (group.flops > 0 && !group.bytes)) return flops(group.flops / ns);
  return group.bytes > 0 ? bandwidth(group.bytes / ns) : '';
}
