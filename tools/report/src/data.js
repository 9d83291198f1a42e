// The page's data: what tools/report_data.cpp writes (its header comment describes the form), with what is derived from it.

const raw = JSON.parse(document.getElementById('data').textContent);

function median(sorted) {
  const n = sorted.length;
  return n === 0 ? NaN : n % 2 === 1 ? sorted[(n - 1) / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

// One kernel × problem × device: every variant's latest result, as columns.
class Group {
  constructor(fields, index) {
    Object.assign(this, fields);
    this.index = index;
    this.kernel = raw.kernels[fields.kernel];
    this.device = raw.devices[fields.device];
    this.deviceIndex = fields.device;
    this.ok = [];
    this.outcome.forEach((outcome, row) => { if (outcome === 0) this.ok.push(row); });
    this.ok.sort((a, b) => this.median_ns[a] - this.median_ns[b]);
    if (this.best < 0 && this.ok.length > 0) this.best = this.ok[0];  // the database's best: after the play-off, where there was one
    this.bestNs = this.best >= 0 ? this.median_ns[this.best] : NaN;
    this.medianNs = median(this.ok.map((row) => this.median_ns[row]));
    this.defaultNs = this.default >= 0 && this.outcome[this.default] === 0 ? this.median_ns[this.default] : NaN;
    this.failed = this.outcome.length - this.ok.length;
    this.search = `${this.kernel.name} ${this.problem} ${this.device.label} ${this.best >= 0 ? this.variant(this.best) : ''}`.toLowerCase();
  }

  get rows() { return this.outcome.length; }
  value(parameter, row) { return this.values[parameter][row]; }
  pattern(row) { return this.kernel.parameters[0].values[this.values[0][row]]; }

  // "strided PER_LANE=4 WG=256": names sorted, as hone prints variants everywhere.
  variant(row) {
    const { parameters } = this.kernel;
    const used = parameters.map((_, p) => p).filter((p) => p > 0 && this.values[p][row] >= 0);
    used.sort((a, b) => (parameters[a].name < parameters[b].name ? -1 : 1));
    return [this.pattern(row), ...used.map((p) => `${parameters[p].name}=${parameters[p].values[this.values[p][row]]}`)].join(' ');
  }
}

function label(device, all) {
  const database = raw.databases.length > 1 ? ` (${raw.databases[device.database]})` : '';
  const same = all.filter((other) => other.name === device.name && other.database === device.database);
  return device.name + (same.length > 1 ? `, ${device.driver}` : '') + database;
}
for (const device of raw.devices) device.label = label(device, raw.devices);

export const { hone, made, databases, devices, kernels, outcomes, messages, runs } = raw;
export const groups = raw.groups.map((fields, index) => new Group(fields, index));
export const measurements = groups.reduce((sum, group) => sum + group.rows, 0);
export { median };
