#version 460
// A workgroup computes a BM x BN tile of C in steps of BK along k. The next step's tiles of A and B travel from memory to
// registers while the present ones are multiplied from shared memory.
//
// Shapes: an invocation (x, y) holds rows y * 4 + e + i * kStrideM (A_TURNED) or y + i * BM / TM, and columns
//   x * 4 + e + j * kStrideN, so that neighbours read neighbouring vec4s of shared memory.
// Tiles: B's rows along n; A's rows along k (read as vec4 along k: four steps at a time) or, A_TURNED, along m.
// Where four elements would cross the edge of a matrix or are not aligned, elements are loaded one by one, and zeros beyond.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = BM / TM * (BN / TN)) in;
layout(binding = 0) restrict readonly buffer A { float a[]; };
layout(binding = 0) restrict readonly buffer A4 { vec4 a4[]; };
layout(binding = 1) restrict readonly buffer B { float b[]; };
layout(binding = 1) restrict readonly buffer B4 { vec4 b4[]; };
layout(binding = 2) restrict writeonly buffer C { float c[]; };
layout(binding = 2) restrict writeonly buffer C4 { vec4 c4[]; };
layout(push_constant) uniform Push { uint m; uint n; uint k; };

const uint kAcross = BN / TN, kDown = BM / TM;        // the workgroup's invocations
const uint kInvocations = kAcross * kDown;
const uint kLanesY = 32 / LANES_X;
const uint kLoadsA = BM * BK / 4 / kInvocations;      // vec4s an invocation loads in a step
const uint kLoadsB = BN * BK / 4 / kInvocations;
const uint kStrideN = kAcross * 4;
const uint kStrideM = kDown * 4;
const uint kPitchB = BN / 4 + 1;                      // in vec4
#if A_TURNED
const uint kPitchA = BM + 4;                          // in floats
const uint kSizeA = BK * kPitchA / 4;
#else
const uint kPitchA = BK / 4 + 1;                      // in vec4
const uint kSizeA = BM * kPitchA;
#endif
const uint kSizeB = BK * kPitchB;

shared vec4 tile_a[BUFFERS * kSizeA];
shared vec4 tile_b[BUFFERS * kSizeB];

vec4 LoadA(uint row, uint deep, bool inside) {
  const uint i = row * k + deep;
  if (inside) return a4[i / 4];
  vec4 v = vec4(0);
  if (row < m) {
    [[unroll]] for (uint e = 0; e < 4; ++e) {
      if (deep + e < k) v[e] = a[i + e];
    }
  }
  return v;
}

vec4 LoadB(uint deep, uint column, bool inside) {
  const uint i = deep * n + column;
  if (inside) return b4[i / 4];
  vec4 v = vec4(0);
  if (deep < k) {
    [[unroll]] for (uint e = 0; e < 4; ++e) {
      if (column + e < n) v[e] = b[i + e];
    }
  }
  return v;
}

void Load(out vec4 next_a[kLoadsA], out vec4 next_b[kLoadsB], uint first_row, uint first_column, uint first_k) {
  const uint lane = gl_LocalInvocationIndex;
  const bool deep_enough = first_k + BK <= k;
  const bool whole_a = deep_enough && k % 4 == 0 && first_row + BM <= m;
  const bool whole_b = deep_enough && n % 4 == 0 && first_column + BN <= n;
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
    const uint at = lane + i * kInvocations;
    next_a[i] = LoadA(first_row + at / (BK / 4), first_k + at % (BK / 4) * 4, whole_a);
  }
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
    const uint at = lane + i * kInvocations;
    next_b[i] = LoadB(first_k + at / (BN / 4), first_column + at % (BN / 4) * 4, whole_b);
  }
}

void Store(vec4 next_a[kLoadsA], vec4 next_b[kLoadsB], uint slot) {
  const uint lane = gl_LocalInvocationIndex;
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
    const uint at = lane + i * kInvocations;
    const uint row = at / (BK / 4), deep = at % (BK / 4);
#if A_TURNED
    [[unroll]] for (uint e = 0; e < 4; ++e) {
      const uint to = (deep * 4 + e) * kPitchA + row;
      tile_a[slot * kSizeA + to / 4][to % 4] = next_a[i][e];
    }
#else
    tile_a[slot * kSizeA + row * kPitchA + deep] = next_a[i];
#endif
  }
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
    const uint at = lane + i * kInvocations;
    tile_b[slot * kSizeB + at / (BN / 4) * kPitchB + at % (BN / 4)] = next_b[i];
  }
}

void Multiply(inout vec4 sums[TM][TN / 4], uint x, uint y, uint slot) {
#if A_TURNED
  [[unroll]] for (uint deep = 0; deep < BK; ++deep) {
    vec4 from_a[TM / 4], from_b[TN / 4];
    [[unroll]] for (uint i = 0; i < TM / 4; ++i) from_a[i] = tile_a[slot * kSizeA + (deep * kPitchA + i * kStrideM) / 4 + y];
    [[unroll]] for (uint j = 0; j < TN / 4; ++j) from_b[j] = tile_b[slot * kSizeB + deep * kPitchB + j * kAcross + x];
    [[unroll]] for (uint i = 0; i < TM; ++i) {
      [[unroll]] for (uint j = 0; j < TN / 4; ++j) sums[i][j] = fma(vec4(from_a[i / 4][i % 4]), from_b[j], sums[i][j]);
    }
  }
#else
  [[unroll]] for (uint deep = 0; deep < BK / 4; ++deep) {
    vec4 from_a[TM];
    [[unroll]] for (uint i = 0; i < TM; ++i) from_a[i] = tile_a[slot * kSizeA + (y + i * kDown) * kPitchA + deep];
    [[unroll]] for (uint e = 0; e < 4; ++e) {
      vec4 from_b[TN / 4];
      [[unroll]] for (uint j = 0; j < TN / 4; ++j) from_b[j] = tile_b[slot * kSizeB + (deep * 4 + e) * kPitchB + j * kAcross + x];
      [[unroll]] for (uint i = 0; i < TM; ++i) {
        [[unroll]] for (uint j = 0; j < TN / 4; ++j) sums[i][j] = fma(vec4(from_a[i][e]), from_b[j], sums[i][j]);
      }
    }
  }
#endif
}

// Which tile of C a workgroup computes: bands of RASTER tiles of rows, down each band's columns.
uvec2 Tile(uint group, uint tiles_down, uint tiles_across) {
  const uint band = group / (RASTER * tiles_across);
  const uint high = min(RASTER, tiles_down - band * RASTER);
  const uint place = group - band * (RASTER * tiles_across);
  return uvec2(band * RASTER + place % high, place / high);
}

void main() {
  const uint tiles_down = (m + BM - 1) / BM, tiles_across = (n + BN - 1) / BN;
  const uint group = LinearGroup();
  if (group >= tiles_down * tiles_across) return;
  const uvec2 tile = Tile(group, tiles_down, tiles_across);
  const uint first_row = tile.x * BM, first_column = tile.y * BN;

  // 32 neighbouring invocations are a rectangle of LANES_X x kLanesY.
  const uint lane = gl_LocalInvocationIndex % 32, patch_at = gl_LocalInvocationIndex / 32;
  const uint x = patch_at % (kAcross / LANES_X) * LANES_X + lane % LANES_X;
  const uint y = patch_at / (kAcross / LANES_X) * kLanesY + lane / LANES_X;

  vec4 sums[TM][TN / 4];
  [[unroll]] for (uint i = 0; i < TM; ++i) {
    [[unroll]] for (uint j = 0; j < TN / 4; ++j) sums[i][j] = vec4(0);
  }

  vec4 next_a[kLoadsA], next_b[kLoadsB];
  Load(next_a, next_b, first_row, first_column, 0);
  uint slot = 0;
#if BUFFERS == 2
  Store(next_a, next_b, 0);
  barrier();
  for (uint first_k = BK; first_k < k; first_k += BK) {
    Load(next_a, next_b, first_row, first_column, first_k);
    Multiply(sums, x, y, slot);
    slot ^= 1;
    Store(next_a, next_b, slot);
    barrier();
  }
#else
  Store(next_a, next_b, 0);
  barrier();
  for (uint first_k = BK; first_k < k; first_k += BK) {
    Load(next_a, next_b, first_row, first_column, first_k);
    Multiply(sums, x, y, 0);
    barrier();
    Store(next_a, next_b, 0);
    barrier();
  }
#endif
  Multiply(sums, x, y, slot);

  const bool whole = n % 4 == 0 && first_row + BM <= m && first_column + BN <= n;
  [[unroll]] for (uint i = 0; i < TM; ++i) {
#if A_TURNED
    const uint row = first_row + i / 4 * kStrideM + y * 4 + i % 4;
#else
    const uint row = first_row + i * kDown + y;
#endif
    [[unroll]] for (uint j = 0; j < TN / 4; ++j) {
      const uint column = first_column + j * kStrideN + x * 4;
      if (whole) {
        c4[(row * n + column) / 4] = sums[i][j];
      } else if (row < m) {
        [[unroll]] for (uint e = 0; e < 4; ++e) {
          if (column + e < n) c[row * n + column + e] = sums[i][j][e];
        }
      }
    }
  }
}
