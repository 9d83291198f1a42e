PRAGMA application_id = 1752133221; PRAGMA user_version = 3;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE outcome (
  number INTEGER PRIMARY KEY,
  text   TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO outcome VALUES(0,'ok');
INSERT INTO outcome VALUES(1,'compile error');
INSERT INTO outcome VALUES(2,'over limit');
INSERT INTO outcome VALUES(3,'wrong result');
INSERT INTO outcome VALUES(4,'timeout');
INSERT INTO outcome VALUES(5,'crash');
INSERT INTO outcome VALUES(6,'device lost');
INSERT INTO outcome VALUES(7,'out of device memory');
INSERT INTO outcome VALUES(8,'out of host memory');
INSERT INTO outcome VALUES(9,'driver error');
INSERT INTO outcome VALUES(10,'pending');
INSERT INTO outcome VALUES(11,'too slow');
CREATE TABLE kernel (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL,
  source_hash   BLOB NOT NULL,     -- over the manifest and every file that it and its shaders include
  contract      TEXT NOT NULL,     -- JSON: buffers, patterns, parameters, formulas …
  contract_hash BLOB NOT NULL,     -- BLAKE2b-128 of contract
  seen_ms       INTEGER NOT NULL,  -- when a build last stored it
  UNIQUE (name, source_hash)
) STRICT;
INSERT INTO kernel VALUES(1,'axpy',X'df868cf6ad778c01f1deaab06dca5e15','{"buffers":[{"access":"read","fill":{"high":1.0,"kind":"uniform","low":-1.0},"length":"n","name":"x","type":"T"},{"access":"readwrite","fill":{"high":1.0,"kind":"normal","low":0.0},"length":"n","name":"y","type":"T"}],"bytes":"3 * n * T_BYTES","check_problems":["n=1"],"flops":"2 * n","integers":[{"max":4294967295,"min":0,"name":"n"}],"name":"axpy","optimize":["-O"],"patterns":[{"default_point":"PER_LANE=4 WG=256","loops":[],"name":"strided","optimize":[],"parameters":[{"name":"WG","requires":{"256":{"extensions":["VK_KHR_sample"],"features":[]}},"specialize":false,"values":["64","128","256"]},{"name":"PER_LANE","requires":{},"specialize":true,"values":["1","2","4"]}],"passes":[{"defines":{"FINAL":"1"},"groups":["ceil_div(n, WG * PER_LANE)"],"loop":"","shader":"strided.comp","subgroup_size":"","when":""}],"requires":{"extensions":[],"features":[]},"summary":"one element an invocation","where":["WG * PER_LANE <= 8192"],"workspaces":[]},{"default_point":"PER_LANE=4 WG=256","loops":[{"count":"4","index":"DIGIT","name":"digits","swap":[["x","partial"]]}],"name":"looped","optimize":[],"parameters":[{"name":"WG","requires":{"256":{"extensions":["VK_KHR_sample"],"features":[]}},"specialize":false,"values":["64","128","256"]},{"name":"PER_LANE","requires":{},"specialize":true,"values":["1","2","4"]}],"passes":[{"defines":{"FINAL":"1"},"groups":["ceil_div(n, WG * PER_LANE)"],"loop":"","shader":"strided.comp","subgroup_size":"","when":""},{"defines":{},"groups":["1","n","2"],"loop":"digits","shader":"looped.comp","subgroup_size":"32","when":"n > WG"}],"requires":{"extensions":[],"features":[]},"summary":"one element an invocation","where":["WG * PER_LANE <= 8192"],"workspaces":[{"access":"readwrite","fill":{"high":1.0,"kind":"uniform","low":-1.0},"length":"ceil_div(n, WG)","name":"partial","type":"float"}]}],"problems":["n=1024","T=float16_t n=65536"],"push_constants":[{"name":"n","test":1.0,"type":"uint","value":"n"},{"name":"a","test":2.5,"type":"float","value":""}],"reference_cpp":"","reference_pass":{"defines":{},"groups":["ceil_div(n, 64)"],"loop":"","shader":"reference.comp","subgroup_size":"","when":""},"reference_requires":{"extensions":[],"features":[]},"source":"BLAS level 1","source_hash":"df868cf6ad778c01f1deaab06dca5e15","summary":"y = a x + y — “quoted” text","tolerances":{"":{"absolute":0.0,"kind":"absolute-relative","relative":1e-05,"ulp":0.0},"float16_t":{"absolute":0.0,"kind":"absolute-relative","relative":0.002,"ulp":0.0}},"types":[{"name":"T","options":[{"glsl":"float","requires":{"extensions":[],"features":[]}},{"glsl":"float16_t","requires":{"extensions":[],"features":["shaderFloat16"]}}]}],"where":["n >= 0"]}',X'f1670337e67c01fafe0e6b25bc9c9f5f',1795435373786);
CREATE TABLE pattern (
  id     INTEGER PRIMARY KEY,
  kernel INTEGER NOT NULL REFERENCES kernel,
  name   TEXT NOT NULL,
  UNIQUE (kernel, name)
) STRICT;
INSERT INTO pattern VALUES(1,1,'strided');
CREATE TABLE variant (
  id      INTEGER PRIMARY KEY,
  pattern INTEGER NOT NULL REFERENCES pattern,
  point   TEXT NOT NULL,  -- "PER_LANE=4 WG=256": the -D flags
  UNIQUE (pattern, point)
) STRICT;
INSERT INTO variant VALUES(1,1,'PER_LANE=4 WG=64');
INSERT INTO variant VALUES(2,1,'PER_LANE=8 WG=64');
CREATE TABLE module (
  id             INTEGER PRIMARY KEY,
  hash           BLOB NOT NULL UNIQUE,  -- BLAKE2b-128 of the SPIR-V
  size_bytes     INTEGER NOT NULL,      -- of the SPIR-V
  spirv          BLOB NOT NULL,         -- one zstd frame
  interface      TEXT NOT NULL,         -- JSON, from reflection
  interface_hash BLOB NOT NULL          -- BLAKE2b-128 of interface
) STRICT;
INSERT INTO module VALUES(1,X'dce4d1ada79fa4de9f46e405aab603bb',812,X'28b52ffd602c02b516003632b342605eba19748a720dcc40f1123754f6c00cb0e12935f4438b1865e0d00f46e3232670b0a1539473e14438287143d78a684a925a60558d6fb9854d6a61935ad8a4d6529e00a200a20015303c6c7e5978f6b490c69a8513a6162edd0e9aad38b8b53b18c1eaa0f238b08c6ba0d674e0831f0391da7f645fffb202fc6b20f6cf58b46fcb947d584bfb1894ed235ab89765edde95d3bd0569ee09a5e65d699b6795629e526e1eb0ea9d95e2bbaaad7749d177be1eeba864d7c9f05a8734b48e17764e0ad1391851ce1d299dd3918d8342619c0bb571464de37067de49d453b15d74621c6fdf35a70b4f373f3fbf90fc8c3af0f3db64271ba49d5e59767e80b0b38b76530d879b46c6dcf4e0e1e6f6cd4c34236616913313cac54cedefa519ac9744962f9f6ebccc56579219b2528877a5d39195d80227c52c3909e4e864d39593560723c19c8df4a16164873023ab501fbdb4f9c823c4470e6f1fa9541bd77a1b755c6ddc90dc38edbaa846bd8823c8c50cdc8b51b089690326da189b78c168e2b3ca4334a68735cc1e06f7ccc8dd8354754faf3856cad6d818d1b1473dc6eeb25fa1787d7d31f4d528ec6b8e68ab93285b5b286d2d22db3a857998a8cdc3a2691ea23357e7445d55c27655c589ab0a7e478e8c77c686efa0d07a07c173eadb8ea962d8a9268c4c3510b48e5b9275c212ac43e2c93a04929eb66d799a44c25311694f057458ca566629920f4b41c4590aa0c4d138738e1e8171742a7854286b289ce650b01c43a5ac43818a1c0f51cf165ad3b0908e300b6d805a68dae620b51007e1783b2803d541d2de40695703dd480e74a16b2028f51fb420ff7471ffa900f68f73c0dfb3b1bf5c467f2754f9cb64da6b66b6770bc3de085ff62a9fee96adb9ab3575f781db5de48ab95d7673b3ace63a38ce3572bde5327d8bf5e32d93f62df16bad96006bafc4d62e15ad154ed907cbd23e5665fb2859d807b876d68ad3d9aa346793a4cefadaeea1922202002b012ee005','{"bindings":[{"binding":0,"writes":false},{"binding":1,"writes":true}],"local_size":[64,1,1],"push":[{"name":"n","offset":0,"type":"uint"},{"name":"a","offset":4,"type":"float"}],"push_bytes":8,"shared_bytes":256,"spec_constants":[{"id":1,"name":"PER_LANE","type":"uint"}]}',X'739282f0aafc025333fea6ceec739921');
CREATE TABLE compiled (
  key    BLOB PRIMARY KEY,  -- BLAKE2b-128 of everything a module was compiled from: sources, macros, flags, tool versions
  module INTEGER NOT NULL REFERENCES module ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE built (
  kernel INTEGER PRIMARY KEY REFERENCES kernel ON DELETE CASCADE,
  key    BLOB NOT NULL      -- of the list of variants that is stored whole: the same list need not be looked at again
) STRICT;
CREATE TABLE binary (
  id      INTEGER PRIMARY KEY,
  variant INTEGER NOT NULL REFERENCES variant,
  types   TEXT NOT NULL,  -- "T=float"
  UNIQUE (variant, types)
) STRICT;
INSERT INTO binary VALUES(1,1,'T=float');
CREATE TABLE binary_module (
  binary INTEGER NOT NULL REFERENCES binary ON DELETE CASCADE,
  pass   INTEGER NOT NULL,
  module INTEGER NOT NULL REFERENCES module,
  PRIMARY KEY (binary, pass)
) STRICT, WITHOUT ROWID;
INSERT INTO binary_module VALUES(1,0,1);
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
INSERT INTO device VALUES(1,'Sample GPU [10de:2330] driver 4 1.2.3 (0x0000002a)','Sample GPU',4318,9008,'discrete','Sample','1.2.3',42,'{"api_version":4206592,"device_id":9008,"device_uuid":"","driver_id":4,"driver_info":"1.2.3","driver_name":"Sample","driver_version":42,"extensions":["VK_KHR_sample"],"features":["shaderFloat16"],"limits":{"deviceLocalBytes":8589934592.0,"maxComputeSharedMemorySize":49152.0,"maxComputeWorkGroupCountX":2147483647.0,"maxComputeWorkGroupCountY":65535.0,"maxComputeWorkGroupCountZ":65535.0,"maxComputeWorkGroupInvocations":1024.0,"maxComputeWorkGroupSizeX":1024.0,"maxComputeWorkGroupSizeY":1024.0,"maxComputeWorkGroupSizeZ":64.0,"maxPushConstantsSize":256.0,"maxStorageBufferRange":4294967295.0,"maxSubgroupSize":32.0,"minSubgroupSize":32.0,"shaderCoreCount":0.0,"subgroupSize":32.0,"timestampPeriod":1.0},"name":"Sample GPU","pipeline_cache_uuid":"","type":"discrete","vendor_id":4318}',1795435373787);
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
INSERT INTO problem VALUES(1,'axpy','T=float n=1024');
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
INSERT INTO run VALUES(1,X'663442d617b3a801fe5f775ff175a61d',1,'hone tune axpy','0.1.0','exhaustive',7,1795435373787,1795435373788);
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
INSERT INTO measurement VALUES(1,1,1,1,1700000000000,1,0,'search',101.25249999999999772,0.50125000000001307398,100.25,102.15474999999999283,100.25,102.25499999999999545,0,X'70b49e0cd60fd40fbf17d60f',1.5,0.0,0.0,2.5,'','{"registers":32.0}');
INSERT INTO measurement VALUES(2,1,1,2,1700000000000,1,3,'search',1e999,0.0,0.0,0.0,0.0,0.0,0,X'',1.5,0.0,0.0,2.5,'y[0] is 1, not 2','{"registers":32.0}');
CREATE TABLE transfer (
  device    INTEGER NOT NULL REFERENCES device,
  direction TEXT NOT NULL,     -- "upload", "download"
  bytes     INTEGER NOT NULL,
  unix_ms   INTEGER NOT NULL,  -- when: one number for all the ways that were timed in turn
  way       TEXT NOT NULL,     -- as the runtime names it: "direct", "ring-4-copy"
  median_ns REAL NOT NULL,
  PRIMARY KEY (device, direction, bytes, unix_ms, way)
) STRICT, WITHOUT ROWID;
INSERT INTO transfer VALUES(1,'upload',4096,1700000000000,'direct',500.0);
INSERT INTO transfer VALUES(1,'upload',4096,1700000000000,'ring-1-copy',9000.4999999999999995);
CREATE INDEX compiled_by_module ON compiled (module);
CREATE INDEX binary_module_by_module ON binary_module (module);
CREATE INDEX measurement_by_variant ON measurement (variant);
CREATE INDEX measurement_pending ON measurement (variant, problem, device) WHERE outcome = 10;
CREATE VIEW newest_kernel AS
SELECT id, name, source_hash, seen_ms
FROM kernel k
WHERE NOT EXISTS (SELECT 1 FROM kernel o
                  WHERE o.name = k.name AND (o.seen_ms, o.source_hash) > (k.seen_ms, k.source_hash));
CREATE VIEW latest AS
SELECT id, problem, device, variant, max(unix_ms) AS unix_ms, run, outcome, phase, median_ns
FROM measurement
GROUP BY problem, device, variant;
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
CREATE VIEW best_transfer AS
WITH ranked AS (
  SELECT *, row_number() OVER (PARTITION BY device, direction, bytes ORDER BY unix_ms DESC, median_ns, way) AS place
  FROM transfer
)
SELECT d.key AS device, r.direction, r.bytes, r.way, r.median_ns, r.unix_ms
FROM ranked r
JOIN device d ON d.id = r.device
WHERE r.place = 1;
COMMIT;
