#version 460
// A workgroup computes a BM x BN tile of C from the halves that split.comp made, in steps of BK along k; each of its subgroups a
// WM x WN part of it, in fragments of 16 x 16. With a = a1 + a2 and b = b1 + b2, a b is a1 b1 + a1 b2 + a2 b1; the fourth product is
// below what a float keeps. Matrix units cut sums off instead of rounding them: a step's sums start from zero and are added to the
// others by float additions, which round.
// The next step's tiles travel from memory to registers while the present ones are multiplied from shared memory, whose rows are a
// packet longer than the tiles so that a fragment's rows lie in different banks.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "grid.glsl"
#include "raster.glsl"
#include "tiles.glsl"
layout(local_size_x = BM / WM * (BN / WN) * SUBGROUP) in;
layout(binding = 2) restrict writeonly buffer C { float c[]; };
layout(binding = 3) restrict readonly buffer PackedA { uvec4 packed_a[]; };
layout(binding = 4) restrict readonly buffer PackedB { uvec4 packed_b[]; };
layout(binding = 5) restrict readonly buffer ScalesA { float scales_a[]; };
layout(binding = 6) restrict readonly buffer ScalesB { float scales_b[]; };

const uint kInvocations = BM / WM * (BN / WN) * SUBGROUP;
const uint kLoadsA = 2 * kPacketsA / kInvocations;  // packets that an invocation loads in a step
const uint kLoadsB = 2 * kPacketsB / kInvocations;
const uint kRowA = BK / 8, kPartA = BM * (kRowA + 1);  // packets of a tile's row, of its high or low part in shared memory
const uint kRowB = BN / 8, kPartB = BK * (kRowB + 1);
const uint kSize = 2 * (kPartA + kPartB);
const uint kDown = WM / 16, kAcross = WN / 16, kDeep = BK / 16;  // fragments of a subgroup, of a step

shared uvec4 tiles[BUFFERS * kSize];

#define FragmentA coopmat<float16_t, gl_ScopeSubgroup, 16, 16, gl_MatrixUseA>
#define FragmentB coopmat<float16_t, gl_ScopeSubgroup, 16, 16, gl_MatrixUseB>
#define Sums coopmat<float, gl_ScopeSubgroup, 16, 16, gl_MatrixUseAccumulator>

void Load(uint tile_a, uint tile_b, out uvec4 next_a[kLoadsA], out uvec4 next_b[kLoadsB]) {
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
    next_a[i] = packed_a[tile_a * 2 * kPacketsA + gl_LocalInvocationIndex + i * kInvocations];
  }
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
    next_b[i] = packed_b[tile_b * 2 * kPacketsB + gl_LocalInvocationIndex + i * kInvocations];
  }
}

void Store(uvec4 next_a[kLoadsA], uvec4 next_b[kLoadsB], uint slot) {
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
    const uint at = gl_LocalInvocationIndex + i * kInvocations;
    tiles[slot * kSize + at + at / kRowA] = next_a[i];
  }
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
    const uint at = gl_LocalInvocationIndex + i * kInvocations;
    tiles[slot * kSize + 2 * kPartA + at + at / kRowB] = next_b[i];
  }
}

// Part 0: high, 1: low. The fragment's first row and step.
void LoadA(out FragmentA fragment, uint base, uint part, uint row, uint step) {
  coopMatLoad(fragment, tiles, base + part * kPartA + row * (kRowA + 1) + step / 8, kRowA + 1, gl_CooperativeMatrixLayoutRowMajor);
}

void LoadB(out FragmentB fragment, uint base, uint part, uint step, uint column) {
  coopMatLoad(fragment, tiles, base + 2 * kPartA + part * kPartB + step * (kRowB + 1) + column / 8, kRowB + 1,
              gl_CooperativeMatrixLayoutRowMajor);
}

// corner: the first row and column of the subgroup's part of the tile. scale: of the step's products.
void Multiply(inout Sums sums[kDown][kAcross], uvec2 corner, uint slot, float scale) {
  const uint base = slot * kSize;
  FragmentA a[kDown][kDeep][2];
  [[unroll]] for (uint i = 0; i < kDown; ++i) {
    [[unroll]] for (uint d = 0; d < kDeep; ++d) {
      LoadA(a[i][d][0], base, 0, corner.x + i * 16, d * 16);
      LoadA(a[i][d][1], base, 1, corner.x + i * 16, d * 16);
    }
  }
  [[unroll]] for (uint j = 0; j < kAcross; ++j) {
    FragmentB b[kDeep][2];
    [[unroll]] for (uint d = 0; d < kDeep; ++d) {
      LoadB(b[d][0], base, 0, d * 16, corner.y + j * 16);
      LoadB(b[d][1], base, 1, d * 16, corner.y + j * 16);
    }
    [[unroll]] for (uint i = 0; i < kDown; ++i) {
      Sums products = Sums(0);
      [[unroll]] for (uint d = 0; d < kDeep; ++d) {
        products = coopMatMulAdd(a[i][d][1], b[d][0], products);
        products = coopMatMulAdd(a[i][d][0], b[d][1], products);
        products = coopMatMulAdd(a[i][d][0], b[d][0], products);
      }
      sums[i][j] += products * scale;
    }
  }
}

// A fragment whose first element is (row, column) of C, through the subgroup's own 64 packets of shared memory.
void StoreEdge(Sums result, uint row, uint column) {
  const uint mine = gl_SubgroupID * 64;
  coopMatStore(result, tiles, mine, 4, gl_CooperativeMatrixLayoutRowMajor);
  subgroupBarrier();
  for (uint i = gl_SubgroupInvocationID; i < 64; i += SUBGROUP) {
    const vec4 e = uintBitsToFloat(tiles[mine + i]);
    [[unroll]] for (uint v = 0; v < 4; ++v) {
      const uvec2 at = uvec2(row + i / 4, column + i % 4 * 4 + v);
      if (at.x < m && at.y < n) c[at.x * n + at.y] = e[v];
    }
  }
  subgroupBarrier();
}

void main() {
  const uint tiles_down = TilesDown(), tiles_across = TilesAcross(), steps = Steps();
  const uint group = LinearGroup();
  if (group >= tiles_down * tiles_across) return;
  const uvec2 tile = Tile(group, tiles_down, tiles_across);
  const uvec2 corner = uvec2(gl_SubgroupID / (BN / WN) * WM, gl_SubgroupID % (BN / WN) * WN);
  const uint first_a = tile.x * steps, first_b = tile.y * steps;

  Sums sums[kDown][kAcross];
  [[unroll]] for (uint i = 0; i < kDown; ++i) {
    [[unroll]] for (uint j = 0; j < kAcross; ++j) sums[i][j] = Sums(0);
  }

  uvec4 next_a[kLoadsA], next_b[kLoadsB];
  Load(first_a, first_b, next_a, next_b);
  uint slot = 0;
  for (uint step = 0; step < steps; ++step) {
    Store(next_a, next_b, slot);
    barrier();
    if (step + 1 < steps) Load(first_a + step + 1, first_b + step + 1, next_a, next_b);
    Multiply(sums, corner, slot, scales_a[first_a + step] * scales_b[first_b + step]);
#if BUFFERS == 2
    slot ^= 1;
#else
    barrier();
#endif
  }

  barrier();
  [[unroll]] for (uint i = 0; i < kDown; ++i) {
    [[unroll]] for (uint j = 0; j < kAcross; ++j) {
      const uint row = tile.x * BM + corner.x + i * 16, column = tile.y * BN + corner.y + j * 16;
      if (n % 4 == 0 && row + 16 <= m && column + 16 <= n) {
        coopMatStore(sums[i][j], c, row * n + column, n, gl_CooperativeMatrixLayoutRowMajor);
      } else {
        StoreEdge(sums[i][j], row, column);
      }
    }
  }
}
