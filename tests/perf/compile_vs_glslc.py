#!/usr/bin/env python3
"""Variants compiled per second: `hone compile` against `glslc -O` started once per variant through xargs, in one run.

  tests/perf/compile_vs_glslc.py build/release/tools/hone [--small N] [--glslc N] [--rounds N] [--json FILE]

The same variants with the same macros on the same cores: tests/data/kernels/many, and the part GEMM_SET of the space of gemm's
pattern `registers`. In each round first hone compiles all of them into a new database, then glslc an evenly spaced part.
Prints for each set, medians of the rounds: variants, seconds and rate of both; their ratio, in wall-clock and in CPU time (which
other programs on the machine disturb less); the ratio if glslc compiled only once what differs in specialization constants
alone; hone's peak memory, which is the greatest of the rounds; and the time of another run with nothing changed.
"""
import argparse
import json
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What is left of its parameters; RASTER, a specialization constant, keeps all of its values. The whole space takes glslc hours.
GEMM_SET = {"BM": "[64, 128]", "BN": "[64, 128]", "BK": "[8, 16]", "KSTEP": "[4, 8]", "TM": "[4, 8]", "TN": "[4, 8]",
            "LANES_X": "[8]", "BUFFERS": "[1, 2]", "A_TURNED": "[1]"}


def run(command):
    """Seconds, CPU seconds and peak memory in MiB of a command that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(command[:4])} …: failed\n{errors.decode()}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def parse_values(text):
    return dict(item.split("=", 1) for item in text.split())


def scalar_bytes(word):
    sizes = {"float": 4, "double": 8, "int": 4, "uint": 4, "bfloat16_t": 2}
    for bits in (8, 16, 32, 64):
        for base in ("float", "int", "uint"):
            sizes[f"{base}{bits}_t"] = bits // 8
    return sizes.get(word, 0)


def macros(pattern, shader_pass, point, types):
    """As compiler/defines.cpp: what a pass of a variant is compiled with."""
    special = {p["name"] for p in pattern["parameters"] if p["specialize"]}
    given = {**types, **{name: value for name, value in point.items() if name not in special}}
    result = dict(given)
    for name, value in given.items():
        if not value.lstrip("-").isdigit():
            result[f"{name}_IS_{value}"] = "1"
            if scalar_bytes(value):
                result[f"{name}_BYTES"] = str(scalar_bytes(value))
    result.update(shader_pass["defines"])
    return result


def commands(database, folder, output):
    """For each stored variant the arguments of glslc, once for each of its passes."""
    with sqlite3.connect(database) as connection:
        contract = json.loads(connection.execute("SELECT contract FROM kernel").fetchone()[0])
        rows = connection.execute(
            "SELECT p.name, v.point, b.types FROM binary b JOIN variant v ON v.id = b.variant JOIN pattern p ON p.id = v.pattern "
            "ORDER BY p.name, v.point, b.types").fetchall()
    patterns = {pattern["name"]: pattern for pattern in contract["patterns"]}
    lines = []
    for index, (name, point, types) in enumerate(rows):
        parts = []
        for number, shader_pass in enumerate(patterns[name]["passes"]):
            flags = [f"-D{key}={value}" for key, value in
                     macros(patterns[name], shader_pass, parse_values(point), parse_values(types)).items()]
            parts.append(" ".join(["-O", "--target-env=vulkan1.3", f"-I{folder}", f"-I{folder}/../common", *flags,
                                   f"{folder}/{shader_pass['shader']}", "-o", f"{output}/{index}.{number}.spv"]))
        lines.append(parts)
    return lines


def narrowed_gemm(work):
    """A copy of kernels/gemm with the parameters of GEMM_SET."""
    for name in ("gemm", "common"):
        shutil.copytree(f"{ROOT}/kernels/{name}", f"{work}/{name}")
    with open(f"{work}/gemm/kernel.toml") as file:
        before, start, pattern = file.read().partition("[pattern.registers]")
    pattern, end, after = pattern.partition("[[pattern.registers.pass]]")
    for name, values in GEMM_SET.items():
        pattern, count = re.subn(rf"^{name} = \[.*?\]", f"{name} = {values}", pattern, flags=re.MULTILINE)
        assert count == 1, name
        standard = re.search(rf"^default = .*\b{name} = (\d+)", pattern, flags=re.MULTILINE)
        if int(standard[1]) not in json.loads(values):
            pattern = pattern[:standard.start(1)] + str(json.loads(values)[-1]) + pattern[standard.end(1):]
    with open(f"{work}/gemm/kernel.toml", "w") as file:
        file.write(before + start + pattern + end + after)
    return f"{work}/gemm"


def compare(hone, folder, options, glslc_variants, rounds):
    hone_seconds, hone_cpu, peaks, again_seconds, glslc_seconds, glslc_cpu = [], [], [], [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as work:
            compile_all = [hone, "compile", folder, "-o", f"{work}/set.db", *options]
            seconds, cpu, peak = run(compile_all)
            hone_seconds.append(seconds)
            hone_cpu.append(cpu)
            peaks.append(peak)
            again_seconds.append(run(compile_all)[0])
            lines = commands(f"{work}/set.db", folder, work)
            part = min(glslc_variants, len(lines))
            chosen = [lines[i * len(lines) // part] for i in range(part)]
            with open(f"{work}/commands", "w") as file:
                for parts in chosen:
                    file.writelines(part + "\n" for part in parts)
            seconds, cpu, _ = run(["sh", "-c", f"xargs -P{os.cpu_count()} -L1 glslc < {work}/commands"])
            glslc_seconds.append(seconds)
            glslc_cpu.append(cpu)
    # The same flags for every pass, whatever the output is called.
    distinct = len({tuple(part.rsplit(" -o ", 1)[0] for part in parts) for parts in lines})
    hone_rate = len(lines) / statistics.median(hone_seconds)
    glslc_rate = len(chosen) / statistics.median(glslc_seconds)
    cpu_ratio = (statistics.median(glslc_cpu) / len(chosen)) / (statistics.median(hone_cpu) / len(lines))
    return {"kernel": os.path.basename(folder), "rounds": rounds, "variants": len(lines), "distinct": distinct,
            "hone_seconds": round(statistics.median(hone_seconds), 3), "hone_per_second": round(hone_rate, 1),
            "glslc_variants": len(chosen), "glslc_seconds": round(statistics.median(glslc_seconds), 3),
            "glslc_per_second": round(glslc_rate, 2), "ratio": round(hone_rate / glslc_rate, 1),
            "cpu_ratio": round(cpu_ratio, 1), "distinct_cpu_ratio": round(cpu_ratio * distinct / len(lines), 1),
            "peak_mib": round(max(peaks), 1), "second_run_seconds": round(statistics.median(again_seconds), 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hone")
    parser.add_argument("--small", type=int, default=10000, help="variants of the small kernel (10000)")
    parser.add_argument("--glslc", type=int, default=200, help="of them by glslc (200)")
    parser.add_argument("--rounds", type=int, default=3, help="of each set (3)")
    parser.add_argument("--json", help="also write the results there")
    arguments = parser.parse_args()
    results = []
    copy = tempfile.TemporaryDirectory()
    sets = [(f"{ROOT}/tests/data/kernels/many", ["--variants", str(arguments.small)]),
            (narrowed_gemm(copy.name), ["--pattern", "registers", "--problem", "m=1024,n=1024,k=1024"])]
    for folder, options in sets:
        result = compare(arguments.hone, folder, options, arguments.glslc, arguments.rounds)
        results.append(result)
        print("{kernel}: hone {variants} variants in {hone_seconds} s ({hone_per_second}/s), peak {peak_mib} MiB, "
              "again in {second_run_seconds} s; glslc -O {glslc_variants} in {glslc_seconds} s ({glslc_per_second}/s); "
              "{ratio} times, CPU time {cpu_ratio} times, {distinct_cpu_ratio} if glslc compiled only the {distinct} distinct "
              "ones".format(**result), flush=True)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(results, file, indent=2)


if __name__ == "__main__":
    main()
