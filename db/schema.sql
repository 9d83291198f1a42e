-- The hone database, format 3. db/README.md explains each table to readers in any language.
-- Facts are tables, decisions are views. Texts of values ("PER_LANE=4 WG=256") are sorted by name: equal contents, equal text.
PRAGMA application_id = 1752133221;  -- 'hone'
PRAGMA user_version = 3;

-- Facts about the file itself ("imported_from").
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- outcome.number as in db/outcome.h.
CREATE TABLE outcome (
  number INTEGER PRIMARY KEY,
  text   TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO outcome VALUES
  (0, 'ok'), (1, 'compile error'), (2, 'over limit'), (3, 'wrong result'), (4, 'timeout'), (5, 'crash'),
  (6, 'device lost'), (7, 'out of device memory'), (8, 'out of host memory'), (9, 'driver error'), (10, 'pending'),
  (11, 'too slow');

-- A kernel as one state of its source says. Of several rows of one name, the one seen last counts; the others are stale.
CREATE TABLE kernel (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL,
  source_hash   BLOB NOT NULL,     -- over the manifest and every file that it and its shaders include
  contract      TEXT NOT NULL,     -- JSON: buffers, patterns, parameters, formulas …
  contract_hash BLOB NOT NULL,     -- BLAKE2b-128 of contract
  seen_ms       INTEGER NOT NULL,  -- when a build last stored it
  UNIQUE (name, source_hash)
) STRICT;

CREATE TABLE pattern (
  id     INTEGER PRIMARY KEY,
  kernel INTEGER NOT NULL REFERENCES kernel,
  name   TEXT NOT NULL,
  UNIQUE (kernel, name)
) STRICT;

CREATE TABLE variant (
  id      INTEGER PRIMARY KEY,
  pattern INTEGER NOT NULL REFERENCES pattern,
  point   TEXT NOT NULL,  -- "PER_LANE=4 WG=256": the -D flags
  UNIQUE (pattern, point)
) STRICT;

-- SPIR-V, once for each content.
CREATE TABLE module (
  id             INTEGER PRIMARY KEY,
  hash           BLOB NOT NULL UNIQUE,  -- BLAKE2b-128 of the SPIR-V
  size_bytes     INTEGER NOT NULL,      -- of the SPIR-V
  spirv          BLOB NOT NULL,         -- one zstd frame
  interface      TEXT NOT NULL,         -- JSON, from reflection
  interface_hash BLOB NOT NULL          -- BLAKE2b-128 of interface
) STRICT;

-- What a build need not compile again. Rows may be deleted at any time: it costs time only.
CREATE TABLE compiled (
  key    BLOB PRIMARY KEY,  -- BLAKE2b-128 of everything a module was compiled from: sources, macros, flags, tool versions
  module INTEGER NOT NULL REFERENCES module ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX compiled_by_module ON compiled (module);
CREATE TABLE built (
  kernel INTEGER PRIMARY KEY REFERENCES kernel ON DELETE CASCADE,
  key    BLOB NOT NULL      -- of the list of variants that is stored whole: the same list need not be looked at again
) STRICT;

-- A variant compiled for a choice of element types; its modules in the order of the pattern's passes.
CREATE TABLE binary (
  id      INTEGER PRIMARY KEY,
  variant INTEGER NOT NULL REFERENCES variant,
  types   TEXT NOT NULL,  -- "T=float"
  UNIQUE (variant, types)
) STRICT;
CREATE TABLE binary_module (
  binary INTEGER NOT NULL REFERENCES binary ON DELETE CASCADE,
  pass   INTEGER NOT NULL,
  module INTEGER NOT NULL REFERENCES module,
  PRIMARY KEY (binary, pass)
) STRICT, WITHOUT ROWID;
CREATE INDEX binary_module_by_module ON binary_module (module);

-- A GPU and its driver.
CREATE TABLE device (
  id             INTEGER PRIMARY KEY,
  key            TEXT NOT NULL UNIQUE,
  name           TEXT NOT NULL,
  vendor_id      INTEGER NOT NULL,
  device_id      INTEGER NOT NULL,
  type           TEXT NOT NULL,
  driver_name    TEXT NOT NULL,
  driver_info    TEXT NOT NULL,
  driver_version INTEGER NOT NULL,
  info           TEXT NOT NULL,     -- JSON: limits, features, extensions …
  seen_ms        INTEGER NOT NULL   -- when a run last used it
) STRICT;

-- What a driver made of one pass of a binary.
CREATE TABLE pipeline_binary (
  binary INTEGER NOT NULL REFERENCES binary ON DELETE CASCADE,
  pass   INTEGER NOT NULL,
  device INTEGER NOT NULL REFERENCES device,
  key    BLOB NOT NULL,         -- the driver's key
  hash   BLOB NOT NULL,         -- BLAKE2b-128 of the data
  size_bytes INTEGER NOT NULL,  -- of the data
  data   BLOB NOT NULL,         -- one zstd frame
  PRIMARY KEY (binary, pass, device, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE problem (
  id     INTEGER PRIMARY KEY,
  kernel TEXT NOT NULL,  -- name: a problem outlives a change of the kernel's source
  text   TEXT NOT NULL,  -- "T=float n=4096"
  UNIQUE (kernel, text)
) STRICT;

-- Who asked what: one `hone tune`, one import.
CREATE TABLE run (
  id         INTEGER PRIMARY KEY,
  uuid       BLOB NOT NULL UNIQUE,  -- 16 random bytes; an import's are the hash of what was imported
  device     INTEGER NOT NULL REFERENCES device,
  command    TEXT NOT NULL,
  version    TEXT NOT NULL,         -- of hone
  strategy   TEXT NOT NULL,
  seed       INTEGER NOT NULL,      -- the 64 bits of it
  started_ms INTEGER NOT NULL,
  ended_ms   INTEGER                -- NULL: still running, or killed
) STRICT;

CREATE TABLE measurement (
  id        INTEGER PRIMARY KEY,
  problem   INTEGER NOT NULL REFERENCES problem,
  device    INTEGER NOT NULL REFERENCES device,
  variant   INTEGER NOT NULL REFERENCES variant,
  unix_ms   INTEGER NOT NULL,
  run       INTEGER NOT NULL REFERENCES run,
  outcome   INTEGER NOT NULL REFERENCES outcome,
  phase     TEXT NOT NULL,     -- "search", "playoff"
  median_ns REAL NOT NULL,     -- infinite unless ok
  mad_ns    REAL NOT NULL,
  min_ns    REAL NOT NULL,
  p95_ns    REAL NOT NULL,
  low_ns    REAL NOT NULL,     -- 95 % interval of the median
  high_ns   REAL NOT NULL,
  cold      INTEGER NOT NULL,  -- 1: buffers rotated beyond the last-level cache
  samples   BLOB NOT NULL,     -- every sample in order; README: "Samples"
  compile_ms REAL NOT NULL, pipeline_ms REAL NOT NULL, check_ms REAL NOT NULL, bench_ms REAL NOT NULL,
  message    TEXT NOT NULL,
  properties TEXT NOT NULL,    -- JSON object of numbers: registers …
  UNIQUE (problem, device, variant, unix_ms, run, outcome, phase, median_ns)  -- a fact; also covers what views read
) STRICT;
CREATE INDEX measurement_by_variant ON measurement (variant);
CREATE INDEX measurement_pending ON measurement (variant, problem, device) WHERE outcome = 10;

-- How long it takes to move bytes between host and device, a way.
CREATE TABLE transfer (
  device    INTEGER NOT NULL REFERENCES device,
  direction TEXT NOT NULL,     -- "upload", "download"
  bytes     INTEGER NOT NULL,
  unix_ms   INTEGER NOT NULL,  -- when: one number for all the ways that were timed in turn
  way       TEXT NOT NULL,     -- as the runtime names it: "direct", "ring-4-copy"
  median_ns REAL NOT NULL,
  PRIMARY KEY (device, direction, bytes, unix_ms, way)
) STRICT, WITHOUT ROWID;

-- The source of each kernel that counts.
CREATE VIEW newest_kernel AS
SELECT id, name, source_hash, seen_ms
FROM kernel k
WHERE NOT EXISTS (SELECT 1 FROM kernel o
                  WHERE o.name = k.name AND (o.seen_ms, o.source_hash) > (k.seen_ms, k.source_hash));

-- The last result of each variant on each problem and device: what counts now.
CREATE VIEW latest AS
SELECT id, problem, device, variant, max(unix_ms) AS unix_ms, run, outcome, phase, median_ns
FROM measurement
GROUP BY problem, device, variant;

-- Every measurement, readable.
CREATE VIEW result AS
SELECT m.id, k.name AS kernel, pr.text AS problem, d.key AS device, p.name AS pattern, v.point, o.text AS outcome,
       m.phase, m.median_ns, m.low_ns, m.high_ns, m.min_ns, m.p95_ns, m.mad_ns, m.cold, m.unix_ms,
       lower(hex(k.source_hash)) AS source_hash, m.run, m.message
FROM measurement m
JOIN problem pr ON pr.id = m.problem
JOIN device d ON d.id = m.device
JOIN variant v ON v.id = m.variant
JOIN pattern p ON p.id = v.pattern
JOIN kernel k ON k.id = p.kernel
JOIN outcome o ON o.number = m.outcome;

-- What may become `best`: the last result of a variant of the newest source, ok, and from a play-off or later than the last
-- play-off of its problem on its device (a search result that a play-off has had the chance to look at counts no longer).
CREATE VIEW candidate AS
WITH now AS MATERIALIZED (
  SELECT l.*, p.kernel AS kernel
  FROM latest l JOIN variant v ON v.id = l.variant JOIN pattern p ON p.id = v.pattern
  WHERE l.outcome = 0 AND p.kernel IN (SELECT id FROM newest_kernel)
), playoff AS MATERIALIZED (
  SELECT problem, device, max(unix_ms) AS unix_ms FROM now WHERE phase = 'playoff' GROUP BY problem, device
)
SELECT now.*
FROM now LEFT JOIN playoff USING (problem, device)
WHERE now.phase = 'playoff' OR playoff.unix_ms IS NULL OR now.unix_ms > playoff.unix_ms;

-- The fastest correct variant of each problem on each device; of equally fast ones the first by pattern and point, so that
-- every reader takes the same.
CREATE VIEW best AS
WITH able AS MATERIALIZED (
  SELECT * FROM candidate
), fastest AS MATERIALIZED (
  SELECT problem, device, min(median_ns) AS median_ns FROM able GROUP BY problem, device
), ranked AS (
  SELECT a.*, p.name AS pattern, v.point,
         row_number() OVER (PARTITION BY a.problem, a.device ORDER BY p.name, v.point) AS place
  FROM able a JOIN fastest USING (problem, device, median_ns)
  JOIN variant v ON v.id = a.variant
  JOIN pattern p ON p.id = v.pattern
)
SELECT pr.kernel, pr.text AS problem, d.key AS device, r.pattern, r.point, r.median_ns, m.low_ns, m.high_ns,
       r.phase, r.unix_ms, r.id AS measurement
FROM ranked r
JOIN measurement m ON m.id = r.id
JOIN problem pr ON pr.id = r.problem
JOIN device d ON d.id = r.device
WHERE r.place = 1;

-- How far each problem is tuned on each device, newest source only.
CREATE VIEW coverage AS
SELECT pr.kernel, pr.text AS problem, d.key AS device, count(*) AS variants,
       count(*) FILTER (WHERE l.outcome = 0) AS ok,
       count(*) FILTER (WHERE l.outcome NOT IN (0, 10)) AS failed,
       count(*) FILTER (WHERE l.outcome = 10) AS pending,
       max(l.unix_ms) AS unix_ms
FROM latest l
JOIN variant v ON v.id = l.variant
JOIN pattern p ON p.id = v.pattern
JOIN newest_kernel k ON k.id = p.kernel
JOIN problem pr ON pr.id = l.problem
JOIN device d ON d.id = l.device
GROUP BY l.problem, l.device;

-- Results that no longer speak of what would run now, and why.
CREATE VIEW stale AS
SELECT m.id AS measurement, pr.kernel, pr.text AS problem, d.key AS device, p.name AS pattern, v.point,
       p.kernel NOT IN (SELECT id FROM newest_kernel) AS source_changed,
       EXISTS (SELECT 1 FROM device o
               WHERE o.name = d.name AND o.vendor_id = d.vendor_id AND o.device_id = d.device_id
                 AND o.seen_ms > d.seen_ms) AS driver_changed,
       r.version <> (SELECT version FROM run ORDER BY started_ms DESC, uuid DESC LIMIT 1) AS tool_changed
FROM measurement m
JOIN problem pr ON pr.id = m.problem
JOIN device d ON d.id = m.device
JOIN variant v ON v.id = m.variant
JOIN pattern p ON p.id = v.pattern
JOIN run r ON r.id = m.run
WHERE source_changed OR driver_changed OR tool_changed;

-- The last results that are not ok, newest source only.
CREATE VIEW failures AS
SELECT pr.kernel, pr.text AS problem, d.key AS device, p.name AS pattern, v.point, o.text AS outcome, m.message, m.unix_ms
FROM latest l
JOIN measurement m ON m.id = l.id
JOIN variant v ON v.id = l.variant
JOIN pattern p ON p.id = v.pattern
JOIN newest_kernel k ON k.id = p.kernel
JOIN problem pr ON pr.id = l.problem
JOIN device d ON d.id = l.device
JOIN outcome o ON o.number = l.outcome
WHERE l.outcome <> 0;

-- The fastest way of each size on each device, of those that were timed together last; of equally fast ones the first by name.
CREATE VIEW best_transfer AS
WITH ranked AS (
  SELECT *, row_number() OVER (PARTITION BY device, direction, bytes ORDER BY unix_ms DESC, median_ns, way) AS place
  FROM transfer
)
SELECT d.key AS device, r.direction, r.bytes, r.way, r.median_ns, r.unix_ms
FROM ranked r
JOIN device d ON d.id = r.device
WHERE r.place = 1;
