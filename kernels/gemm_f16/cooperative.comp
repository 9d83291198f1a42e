#version 460
// A workgroup computes a BM x BN tile of C in steps of BK along k, each of its subgroups a WM x WN part of it, in fragments of
// 16 x 16 that the device's matrix units multiply. The next step's tiles of A and B travel from memory to registers while the
// present ones are multiplied from shared memory, whose rows are 16 bytes longer than the tiles so that a fragment's rows lie in
// different banks.
// Where eight elements would cross the edge of a matrix or are not aligned, elements are loaded one by one, and zeros beyond;
// fragments that are not whole or not aligned go through shared memory to C. WHOLE: all tiles are whole; it saves registers.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#define VEC 8
#include "types.glsl"
#include "grid.glsl"
#include "raster.glsl"
layout(local_size_x = BM / WM * (BN / WN) * SUBGROUP) in;
layout(binding = 0) restrict readonly buffer A { T a[]; };
layout(binding = 0) restrict readonly buffer A8 { TV a8[]; };
layout(binding = 1) restrict readonly buffer B { T b[]; };
layout(binding = 1) restrict readonly buffer B8 { TV b8[]; };
layout(binding = 2) restrict writeonly buffer C { T c[]; };
layout(push_constant) uniform Push { uint m; uint n; uint k; };

const uint kInvocations = BM / WM * (BN / WN) * SUBGROUP;
const uint kLoadsA = BM * BK / 8 / kInvocations;      // packets of eight that an invocation loads in a step
const uint kLoadsB = BN * BK / 8 / kInvocations;
const uint kPitchA = BK / 8 + 1;                      // in packets
const uint kPitchB = BN / 8 + 1;
const uint kSizeA = BM * kPitchA;
const uint kSize = kSizeA + BK * kPitchB;             // a step's tiles of A and B, one behind the other
const uint kDown = WM / 16, kAcross = WN / 16;        // fragments of a subgroup

shared TV tiles[BUFFERS * kSize];

#define FragmentA coopmat<T, gl_ScopeSubgroup, 16, 16, gl_MatrixUseA>
#define FragmentB coopmat<T, gl_ScopeSubgroup, 16, 16, gl_MatrixUseB>
#define Result coopmat<T, gl_ScopeSubgroup, 16, 16, gl_MatrixUseAccumulator>
#define Sums coopmat<float, gl_ScopeSubgroup, 16, 16, gl_MatrixUseAccumulator>

#ifdef WHOLE
bool Whole(bool) { return true; }
#else
bool Whole(bool whole) { return whole; }
#endif

// Load `i` of a tile of `width` elements a row: the row, and the first of eight elements along it.
uvec2 PlaceOf(uint i, uint width) {
  const uint at = gl_LocalInvocationIndex + i * kInvocations;
  return uvec2(at / (width / 8), at % (width / 8) * 8);
}

// Eight elements from `at` (row, column) of a matrix on, as many as lie inside it.
#define EDGE(from, at, rows, columns, packet)                                                 \
  {                                                                                           \
    float e[8];                                                                               \
    [[unroll]] for (uint v = 0; v < 8; ++v) {                                                 \
      e[v] = 0;                                                                               \
      if (at.x < rows && at.y + v < columns) e[v] = float(from[at.x * columns + at.y + v]);   \
    }                                                                                         \
    packet = Pack(e);                                                                         \
  }

void Load(uvec2 first, uint first_k, out TV next_a[kLoadsA], out TV next_b[kLoadsB]) {
  const bool inside = first_k + BK <= k;
  if (Whole(inside && k % 8 == 0 && first.x + BM <= m)) {
    [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
      const uvec2 at = PlaceOf(i, BK);
      next_a[i] = a8[(first.x + at.x) * (k / 8) + (first_k + at.y) / 8];
    }
  } else {
    [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
      const uvec2 at = PlaceOf(i, BK) + uvec2(first.x, first_k);
      EDGE(a, at, m, k, next_a[i])
    }
  }
  if (Whole(inside && n % 8 == 0 && first.y + BN <= n)) {
    [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
      const uvec2 at = PlaceOf(i, BN);
      next_b[i] = b8[(first_k + at.x) * (n / 8) + (first.y + at.y) / 8];
    }
  } else {
    [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
      const uvec2 at = PlaceOf(i, BN) + uvec2(first_k, first.y);
      EDGE(b, at, k, n, next_b[i])
    }
  }
}

void Store(TV next_a[kLoadsA], TV next_b[kLoadsB], uint slot) {
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
    const uvec2 at = PlaceOf(i, BK);
    tiles[slot * kSize + at.x * kPitchA + at.y / 8] = next_a[i];
  }
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
    const uvec2 at = PlaceOf(i, BN);
    tiles[slot * kSize + kSizeA + at.x * kPitchB + at.y / 8] = next_b[i];
  }
}

// part: the first row and column of the subgroup's part of the tile.
void Multiply(inout Sums sums[kDown][kAcross], uvec2 part, uint slot) {
  const uint base_a = slot * kSize + part.x * kPitchA, base_b = slot * kSize + kSizeA + part.y / 8;
  [[unroll]] for (uint deep = 0; deep < BK; deep += 16) {
    FragmentA from_a[kDown];
    [[unroll]] for (uint i = 0; i < kDown; ++i) {
      coopMatLoad(from_a[i], tiles, base_a + i * 16 * kPitchA + deep / 8, kPitchA, gl_CooperativeMatrixLayoutRowMajor);
    }
    [[unroll]] for (uint j = 0; j < kAcross; ++j) {
      FragmentB from_b;
      coopMatLoad(from_b, tiles, base_b + deep * kPitchB + j * 2, kPitchB, gl_CooperativeMatrixLayoutRowMajor);
      [[unroll]] for (uint i = 0; i < kDown; ++i) sums[i][j] = coopMatMulAdd(from_a[i], from_b, sums[i][j]);
    }
  }
}

// A fragment whose first element is (row, column) of C, through the subgroup's own 32 packets of shared memory.
void StoreEdge(Result result, uint row, uint column) {
  const uint mine = gl_SubgroupID * 32;
  coopMatStore(result, tiles, mine, 2, gl_CooperativeMatrixLayoutRowMajor);
  subgroupBarrier();
  for (uint i = gl_SubgroupInvocationID; i < 32; i += SUBGROUP) {
    float e[8];
    Unpack(tiles[mine + i], e);
    [[unroll]] for (uint v = 0; v < 8; ++v) {
      const uvec2 at = uvec2(row + i / 2, column + i % 2 * 8 + v);
      if (at.x < m && at.y < n) c[at.x * n + at.y] = T(e[v]);
    }
  }
  subgroupBarrier();
}

void main() {
  const uint tiles_down = (m + BM - 1) / BM, tiles_across = (n + BN - 1) / BN;
  const uint group = LinearGroup();
  if (group >= tiles_down * tiles_across) return;
  const uvec2 first = Tile(group, tiles_down, tiles_across) * uvec2(BM, BN);
  const uvec2 part = uvec2(gl_SubgroupID / (BN / WN) * WM, gl_SubgroupID % (BN / WN) * WN);

  Sums sums[kDown][kAcross];
  [[unroll]] for (uint i = 0; i < kDown; ++i) {
    [[unroll]] for (uint j = 0; j < kAcross; ++j) sums[i][j] = Sums(0);
  }

  TV next_a[kLoadsA], next_b[kLoadsB];
  Load(first, 0, next_a, next_b);
  uint slot = 0;
  for (uint first_k = 0; first_k < k; first_k += BK) {
    Store(next_a, next_b, slot);
    barrier();
    if (first_k + BK < k) Load(first, first_k + BK, next_a, next_b);
    Multiply(sums, part, slot);
#if BUFFERS == 2
    slot ^= 1;
#else
    barrier();
#endif
  }

  barrier();
  [[unroll]] for (uint i = 0; i < kDown; ++i) {
    [[unroll]] for (uint j = 0; j < kAcross; ++j) {
      const uint row = first.x + part.x + i * 16, column = first.y + part.y + j * 16;
      const Result result = Result(sums[i][j]);
      if (Whole(n % 8 == 0 && row + 16 <= m && column + 16 <= n)) {
        coopMatStore(result, c, row * n + column, n, gl_CooperativeMatrixLayoutRowMajor);
      } else {
        StoreEdge(result, row, column);
      }
    }
  }
}
