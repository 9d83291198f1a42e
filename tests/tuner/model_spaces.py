#!/usr/bin/env python3
"""Recorded spaces that nobody measured: analytic models of tuned kernels, written as Kernel Tuner caches.

Usage: model_spaces.py OUT_DIR [SET]

To choose between searches without looking at the spaces that they will be judged on. A space is a kernel (gemm, hotspot,
nbody, pnpoly, stencil, reduce: parameters and constraints of their kind) on a GPU that is drawn at random: warp size,
registers, shared memory, bandwidth, cache. A configuration's time is a roofline of arithmetic, DRAM and shared memory, each
over what occupancy and independent instructions can hide, times whole waves, cliffs (spills, bank conflicts), a random table
of pairwise interactions that the model does not explain, and 0.3-3 % of noise that repeats. Launches fail where registers or
shared memory run out. SET (default "a") draws other GPUs: one set to choose by, another to report.
"""
import gzip
import hashlib
import itertools
import json
import math
import pathlib
import random
import statistics
import sys


class Gpu:
    def __init__(self, seed):
        r = random.Random(seed)
        self.name = f"model GPU {seed}"
        self.seed = seed
        self.warp = r.choice([32, 32, 32, 64])
        self.sms = r.choice([36, 48, 84, 108, 104])
        self.registers = r.choice([65536, 65536, 131072])
        self.shared = r.choice([48, 64, 96]) * 1024
        self.most_threads = r.choice([1024, 1536, 2048])
        self.flops = r.uniform(8, 30) * 1e12
        self.bandwidth = r.uniform(0.4, 1.6) * 1e12
        self.shared_bandwidth = self.flops * r.uniform(0.5, 1.2)
        self.cache = r.uniform(0.2, 0.9)       # how much of a badly coalesced line it saves
        self.latency = r.uniform(4, 14)        # warps times independent instructions that hide it
        self.dual = r.random() < 0.4           # wide vectors pay
        self.interaction = r.uniform(0.03, 0.12)
        self.noise = r.choice([0.003, 0.01, 0.02, 0.03])


def unit(*key):
    """A number in [-1, 1) that depends on the key only."""
    return int.from_bytes(hashlib.blake2b(repr(key).encode(), digest_size=6).digest(), "big") / 2**47 - 1


class Launch:
    """What a configuration asks of the GPU; all per invocation unless said."""

    def __init__(self, threads, blocks, registers, shared, flops, bytes_, shared_bytes=0.0, ilp=1.0, coalesced=1.0,
                 conflicts=1.0, overhead=0.0):
        self.__dict__.update(locals())

    def milliseconds(self, gpu):
        """None: it cannot be launched."""
        if self.threads > 1024 or self.shared > min(gpu.shared, 48 * 1024 if gpu.warp == 32 else 64 * 1024):
            return None
        registers = min(self.registers, 255)
        spill = 1 + 0.02 * max(0, self.registers - 255)
        warps = math.ceil(self.threads / gpu.warp)
        resident = min(gpu.most_threads // (warps * gpu.warp),
                       gpu.registers // (math.ceil(registers / 8) * 8 * warps * gpu.warp),
                       gpu.shared // self.shared if self.shared else 99, 32)
        if resident < 1:
            return None
        hidden = resident * warps * self.ilp / 4 / gpu.latency
        use = hidden / (1 + hidden**3) ** (1 / 3)
        lanes = self.threads / (warps * gpu.warp)
        waves = self.blocks / (gpu.sms * resident)
        tail = math.ceil(waves) / waves
        work = self.threads * self.blocks
        coalesced = self.coalesced + (1 - self.coalesced) * gpu.cache * 0.5
        parts = (work * self.flops / gpu.flops / lanes, work * self.bytes_ / gpu.bandwidth / coalesced,
                 work * self.shared_bytes * self.conflicts / gpu.shared_bandwidth)
        return 1e3 * spill * tail * (sum(p**4 for p in parts) ** 0.25 / max(use, 0.02) + self.overhead * waves)


def gemm(c, gpu, n=4096):
    threads = c["MDIMC"] * c["NDIMC"]
    mi, ni = c["MWG"] // c["MDIMC"], c["NWG"] // c["NDIMC"]
    shared = 4 * c["KWG"] * (c["SA"] * c["MWG"] + c["SB"] * c["NWG"])
    flops = 2.0 * mi * ni * n * (1 + 0.15 / max(c.get("KWI", 2), 1) + 0.3 / (mi * ni))
    again_a, again_b = (1 if c["SA"] else 1 + 0.35 * c["NDIMC"] / 8), (1 if c["SB"] else 1 + 0.35 * c["MDIMC"] / 8)
    bytes_ = 4.0 * n * (c["MWG"] * again_a + c["NWG"] * again_b) / threads
    wide = min(1.0, (c["VWM"] * 4 + 8) / 24) * min(1.0, (c["VWN"] * 4 + 8) / 24) if gpu.dual else 1.0
    stride = (1 if c["STRM"] or c["SA"] else 0.8) * (1 if c["STRN"] or c["SB"] else 0.85)
    reuse = 4.0 * n * (mi / min(c["VWN"], 4) ** 0.5 * c["SA"] + ni / min(c["VWM"], 4) ** 0.5 * c["SB"])
    conflict = 1 + 0.25 * (c["MDIMA"] != c["MDIMC"]) * c["SA"] + 0.2 * (c["NDIMB"] != c["NDIMC"]) * c["SB"]
    return Launch(threads, (n / c["MWG"]) * (n / c["NWG"]), 24 + mi * ni + 2 * (mi + ni) + 3 * c.get("KWI", 2), shared,
                  flops / wide ** 0.4, bytes_, reuse, min(mi * ni, 8) ** 0.7, wide * stride, conflict,
                  2e-6 * n / c["KWG"] / 32)


def hotspot(c, gpu, n=4096):
    bx, by, tx, ty, t = (c[k] for k in ("block_size_x", "block_size_y", "tile_size_x", "tile_size_y", "temporal_tiling_factor"))
    wide, high = bx * tx, by * ty
    shared = 4 * (wide + 2 * t) * (high + 2 * t) * (2 + c["sh_power"])
    halo = (wide + 2 * t) * (high + 2 * t) / (wide * high)
    unroll = c["loop_unroll_factor_t"]
    return Launch(bx * by, math.ceil(n / wide) * math.ceil(n / high) * 60 / t, 20 + 3 * tx * ty / 2 + 4 * unroll, shared,
                  14.0 * tx * ty * t * halo * (1 + 0.3 / unroll), 4.0 * tx * ty * halo * 3, 20.0 * tx * ty * t * halo,
                  min(tx * ty, 6) ** 0.6, min(1, bx / gpu.warp) ** 0.7, 1 + 0.5 * (wide % 32 == 0 and bx < 32), 3e-6 * t)


def nbody(c, gpu, n=131072):
    b, u1, u2, vec = (c[k] for k in ("block_size", "outer_unroll", "inner_unroll", "vector"))
    soa, local = c["use_soa"], c["local_mem"]
    return Launch(b, math.ceil(n / b / u1), 18 + 7 * u1 + 1.5 * min(u2, 16) + 3 * vec, 16 * b * local,
                  20.0 * n * u1 * (1 + 0.6 / max(u2, 1) + 0.002 * u2), 16.0 * n / b * (1 if local else 12),
                  16.0 * n / u1 * local, (u1 * min(max(u2, 1), 4)) ** 0.5,
                  (0.6 if not soa and vec == 1 else 1.0) * (1 if vec < 4 or gpu.dual else 0.9), 1 + 0.4 * (vec == 4 and soa))


def pnpoly(c, gpu, n=20000000):
    tile, b, between, method = (c[k] for k in ("tile_size", "block_size_x", "between_method", "use_method"))
    ways = (1.0, 1.12, 0.94, 1.05)[between] * (1.0, 1.07, 0.97)[method] * (1 + 0.04 * unit(gpu.seed, between, method))
    return Launch(b, math.ceil(n / b / tile), 14 + 2.6 * tile + 3 * method, 0, 600 * tile * (1 + 0.35 / tile) * ways,
                  9.0 * tile, 0, min(tile, 8) ** 0.6, 1.0)


def stencil(c, gpu, n=512):
    bx, by, bz, tx, ty, tz, v = (c[k] for k in ("BX", "BY", "BZ", "TX", "TY", "TZ", "VEC"))
    x, y, z = bx * tx * v, by * ty, bz * tz
    shared = 4 * (x + 8 + c["PAD"]) * (y + 8) * (z + 8 if c["MODE"] == "block" else 1) * (c["MODE"] != "plain")
    halo = (x + 8) * (y + 8) * (z + 8) / (x * y * z) if c["MODE"] != "stream" else (x + 8) * (y + 8) / (x * y)
    again = {"plain": 1 + 2.5 * (1 - gpu.cache), "block": 1, "stream": 1.05}[c["MODE"]]
    each = tx * ty * tz * v
    registers = 22 + 4 * each ** 0.8 + (12 if c["MODE"] == "stream" else 0) + 2 * c["UNROLL"]
    return Launch(bx * by * bz, (n / x) * (n / y) * (n / z), registers, shared, 31.0 * each * (1 + 0.2 / c["UNROLL"]),
                  8.0 * each * halo ** 0.5 * again, 26.0 * each * (c["MODE"] != "plain"), min(each, 8) ** 0.5,
                  min(1, bx * v / gpu.warp) ** 0.8, 1 + 0.3 * (c["PAD"] == 0 and c["MODE"] != "plain" and bx % 32 == 0))


def reduce_(c, gpu, n=2**26):
    b, v, per, tree = (c[k] for k in ("block_size", "vector", "per_thread", "tree"))
    return Launch(b, math.ceil(n / (b * v * per)), 12 + 2 * v + per / 4, 4 * b * (tree != "shuffle"), v * per * 1.5 + 40,
                  4.0 * v * per, 16.0 * math.log2(b) * (tree != "shuffle"), min(v * per, 8) ** 0.7,
                  1.0 if v > 1 or not gpu.dual else 0.8, 1.6 if tree == "naive" else 1.0, 1e-6)


def gemm_rules(c):
    return (c["MWG"] % (c["MDIMC"] * c["VWM"]) == 0 and c["NWG"] % (c["NDIMC"] * c["VWN"]) == 0
            and c["MWG"] % (c["MDIMA"] * c["VWM"]) == 0 and c["NWG"] % (c["NDIMB"] * c["VWN"]) == 0
            and c["KWG"] % (c["MDIMC"] * c["NDIMC"] / c["MDIMA"]) == 0
            and c["KWG"] % (c["MDIMC"] * c["NDIMC"] / c["NDIMB"]) == 0 and c["KWG"] % c.get("KWI", 2) == 0)


GEMM = {"MWG": [16, 32, 64, 128], "NWG": [16, 32, 64, 128], "KWG": [32], "MDIMC": [8, 16, 32], "NDIMC": [8, 16, 32],
        "MDIMA": [8, 16, 32], "NDIMB": [8, 16, 32], "VWM": [1, 2, 4, 8], "VWN": [1, 2, 4, 8], "STRM": [0, 1], "STRN": [0, 1],
        "SA": [0, 1], "SB": [0, 1]}
KERNELS = {
    "gemm": (gemm, GEMM, gemm_rules),
    "gemm_large": (gemm, GEMM | {"KWI": [2, 8]}, gemm_rules),
    "hotspot": (hotspot, {"block_size_x": [1, 2, 4, 8, 16, 32, 64, 128, 256], "block_size_y": [1, 2, 4, 8, 16, 32],
                          "tile_size_x": list(range(1, 9)), "tile_size_y": list(range(1, 9)),
                          "temporal_tiling_factor": list(range(1, 9)), "loop_unroll_factor_t": list(range(1, 9)),
                          "sh_power": [0, 1]},
                lambda c: 32 <= c["block_size_x"] * c["block_size_y"] <= 1024
                and c["temporal_tiling_factor"] % c["loop_unroll_factor_t"] == 0 and c["tile_size_x"] * c["tile_size_y"] <= 24),
    "nbody": (nbody, {"block_size": [32, 64, 96, 128, 192, 256, 384, 512, 768, 1024], "outer_unroll": [1, 2, 4, 8],
                      "inner_unroll": [0, 1, 2, 4, 8, 16, 32], "use_soa": [0, 1], "local_mem": [0, 1], "vector": [1, 2, 4]},
              lambda c: c["inner_unroll"] <= c["block_size"] and (c["use_soa"] or c["vector"] != 2)),
    "pnpoly": (pnpoly, {"block_size_x": [32 * i for i in range(1, 32)], "tile_size": list(range(1, 21)),
                        "between_method": [0, 1, 2, 3], "use_method": [0, 1, 2]}, lambda c: True),
    "stencil": (stencil, {"BX": [4, 8, 16, 32, 64, 128], "BY": [1, 2, 4, 8, 16, 32], "BZ": [1, 2, 4, 8], "TX": [1, 2, 4],
                          "TY": [1, 2, 4], "TZ": [1, 2, 4, 8], "VEC": [1, 2, 4], "UNROLL": [1, 2, 4], "PAD": [0, 1],
                          "MODE": ["plain", "block", "stream"]},
                lambda c: 32 <= c["BX"] * c["BY"] * c["BZ"] <= 1024 and (c["MODE"] != "stream" or c["BZ"] == 1)
                and c["UNROLL"] <= c["TZ"]
                and (c["PAD"] == 0 or c["MODE"] != "plain") and c["TX"] * c["TY"] * c["TZ"] <= 32),
    "reduce": (reduce_, {"block_size": [32, 64, 128, 256, 512, 1024], "vector": [1, 2, 4], "per_thread": [1, 2, 4, 8, 16, 32],
                         "tree": ["shuffle", "shared", "naive"]}, lambda c: True),
}


def record(kernel, gpu):
    model, values, rules = KERNELS[kernel]
    names = list(values)
    configurations = [c for c in (dict(zip(names, at)) for at in itertools.product(*values.values())) if rules(c)]
    pairs = random.Random(f"{kernel} {gpu.seed}").sample(list(itertools.combinations(names, 2)), min(5, len(names)))
    entries, times = {}, []
    for c in configurations:
        ms = model(c, gpu).milliseconds(gpu)
        key = ",".join(str(v) for v in c.values())
        if ms is not None:
            unexplained = sum(unit(kernel, gpu.seed, a, b, c[a], c[b]) for a, b in pairs) * gpu.interaction
            ms *= math.exp(unexplained + gpu.noise * unit(gpu.seed, kernel, key))
            times.append(ms)
        entries[key] = dict(c, time=ms)
    scale = 5 / statistics.median(times)  # so that compiling and running weigh as they do in real recordings
    for key, entry in entries.items():
        entry["compile_time"] = 600 * math.exp(0.4 * unit("compile", gpu.seed, kernel, key))
        if entry["time"] is None:
            entry["time"] = "RuntimeFailedConfig"
        else:
            entry["time"] *= scale
            entry["benchmark_time"] = 32 * entry["time"]
        entry["framework_time"] = 2.0
    return {"device_name": gpu.name, "kernel_name": kernel, "tune_params_keys": names, "tune_params": values,
            "objective": "time", "cache": entries}


def main(out, drawn):
    out.mkdir(parents=True, exist_ok=True)
    seeds = {"gemm": 2, "gemm_large": 1, "hotspot": 2, "nbody": 2, "pnpoly": 2, "stencil": 2, "reduce": 1}
    for kernel, count in seeds.items():
        for i in range(count):
            gpu = Gpu(f"{drawn}{i}-{kernel}")
            with gzip.open(out / f"{kernel}_{drawn}{i}.json.gz", "wt", compresslevel=3) as file:
                json.dump(record(kernel, gpu), file)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "a")
