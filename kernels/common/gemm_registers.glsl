// A workgroup computes a BM x BN tile of C in steps of BK along k. The next step's tiles of A and B travel from memory to
// registers while the present ones are multiplied from shared memory.
//
// Shapes: an invocation (x, y) holds rows y * 4 + e + i * kStrideM (A_TURNED) or y + i * BM / TM, and columns
//   x * 4 + e + j * kStrideN, so that neighbours read neighbouring vec4s of shared memory.
// Tiles: B's rows along n; A's rows along k (read as vec4 along k: four steps at a time) or, A_TURNED, along m.
// Where four elements would cross the edge of a matrix or are not aligned, elements are loaded one by one, and zeros beyond.
// BLAS: C = alpha op(A) op(B) + beta C with leading dimensions; op is turning over where ta, tb say so, and then the four elements of
// a load lie along the other side of the tile. SPLIT_K: a workgroup takes one of SPLIT parts of k and leaves its sums in partial.
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = BM / TM * (BN / TN)) in;
layout(constant_id = 0) const uint RASTER = 1;  // read in few places: points that differ here share their module
#ifdef SPLIT_K
layout(constant_id = 1) const uint SPLIT = 2;
#endif
layout(binding = 0) restrict readonly buffer A { float a[]; };
layout(binding = 0) restrict readonly buffer A4 { vec4 a4[]; };
layout(binding = 1) restrict readonly buffer B { float b[]; };
layout(binding = 1) restrict readonly buffer B4 { vec4 b4[]; };
#ifdef SPLIT_K
layout(binding = 3) restrict writeonly buffer C { float c[]; };
layout(binding = 3) restrict writeonly buffer C4 { vec4 c4[]; };
#elif defined(BLAS)
layout(binding = 2) restrict buffer C { float c[]; };
layout(binding = 2) restrict buffer C4 { vec4 c4[]; };
#else
layout(binding = 2) restrict writeonly buffer C { float c[]; };
layout(binding = 2) restrict writeonly buffer C4 { vec4 c4[]; };
#endif
#ifdef BLAS
layout(push_constant) uniform Push { uint m; uint n; uint k; uint lda; uint ldb; uint ldc; uint ta; uint tb; float alpha; float beta; };
#define TURNED_A (ta != 0)
#define TURNED_B (tb != 0)
#define RESULT(sum, old) (beta == 0 ? alpha * (sum) : alpha * (sum) + beta * (old))   // beta = 0: what C holds is not looked at
#else
layout(push_constant) uniform Push { uint m; uint n; uint k; };
#define TURNED_A false
#define TURNED_B false
#define lda k
#define ldb n
#define ldc n
#define RESULT(sum, old) (sum)
#endif

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

// Four elements from i on, or as many as there are of `left`.
vec4 LoadA(uint i, uint left) {
  vec4 v = vec4(0);
  [[unroll]] for (uint e = 0; e < 4; ++e) {
    if (e < left) v[e] = a[i + e];
  }
  return v;
}

vec4 LoadB(uint i, uint left) {
  vec4 v = vec4(0);
  [[unroll]] for (uint e = 0; e < 4; ++e) {
    if (e < left) v[e] = b[i + e];
  }
  return v;
}

// Places of an invocation's load `i` in the tile: across the stored rows, and four elements along them.
uvec2 PlaceOf(uint i, uint width) {
  const uint at = gl_LocalInvocationIndex + i * kInvocations;
  return uvec2(at / (width / 4), at % (width / 4) * 4);
}

// rows x wide: the stored tile, from (row, column) of a stored matrix of `high` rows and `wide` columns.
#define LOAD(next, count, fours, Elements, pitch, first_row, first_column, rows, columns, high, wide)                          \
  if (pitch % 4 == 0 && first_row + rows <= high && first_column + columns <= wide) {                                          \
    [[unroll]] for (uint i = 0; i < count; ++i) {                                                                              \
      const uvec2 at = PlaceOf(i, columns);                                                                                    \
      next[i] = fours[((first_row + at.x) * pitch + first_column + at.y) / 4];                                                 \
    }                                                                                                                          \
  } else {                                                                                                                     \
    [[unroll]] for (uint i = 0; i < count; ++i) {                                                                              \
      const uvec2 at = PlaceOf(i, columns) + uvec2(first_row, first_column);                                                   \
      next[i] = Elements(at.x * pitch + at.y, at.x < high && at.y < wide ? wide - at.y : 0);                                   \
    }                                                                                                                          \
  }

void Load(out vec4 next_a[kLoadsA], out vec4 next_b[kLoadsB], uint first_row, uint first_column, uint first_k) {
  if (TURNED_A) {
    LOAD(next_a, kLoadsA, a4, LoadA, lda, first_k, first_row, BK, BM, k, m)
  } else {
    LOAD(next_a, kLoadsA, a4, LoadA, lda, first_row, first_k, BM, BK, m, k)
  }
  if (TURNED_B) {
    LOAD(next_b, kLoadsB, b4, LoadB, ldb, first_column, first_k, BN, BK, n, k)
  } else {
    LOAD(next_b, kLoadsB, b4, LoadB, ldb, first_k, first_column, BK, BN, k, n)
  }
}

// One element, and four along m (A) or n (B), or along k.
#if A_TURNED
void PutA(uint base, uint row, uint deep, float v) { tile_a[base + (deep * kPitchA + row) / 4][row % 4] = v; }
void PutFourA(uint base, uint row, uint deep, vec4 v, bool along_m) {
  if (along_m) {
    tile_a[base + (deep * kPitchA + row) / 4] = v;
  } else {
    [[unroll]] for (uint e = 0; e < 4; ++e) PutA(base, row, deep + e, v[e]);
  }
}
#else
void PutA(uint base, uint row, uint deep, float v) { tile_a[base + row * kPitchA + deep / 4][deep % 4] = v; }
void PutFourA(uint base, uint row, uint deep, vec4 v, bool along_m) {
  if (along_m) {
    [[unroll]] for (uint e = 0; e < 4; ++e) PutA(base, row + e, deep, v[e]);
  } else {
    tile_a[base + row * kPitchA + deep / 4] = v;
  }
}
#endif

void Store(vec4 next_a[kLoadsA], vec4 next_b[kLoadsB], uint slot) {
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
    const uvec2 at = PlaceOf(i, TURNED_A ? BM : BK);
    PutFourA(slot * kSizeA, TURNED_A ? at.y : at.x, TURNED_A ? at.x : at.y, next_a[i], TURNED_A);
  }
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
    const uvec2 at = PlaceOf(i, TURNED_B ? BK : BN);
    if (TURNED_B) {
      [[unroll]] for (uint e = 0; e < 4; ++e) tile_b[slot * kSizeB + (at.y + e) * kPitchB + at.x / 4][at.x % 4] = next_b[i][e];
    } else {
      tile_b[slot * kSizeB + at.x * kPitchB + at.y / 4] = next_b[i];
    }
  }
}

void Multiply(inout vec4 sums[TM][TN / 4], uint x, uint y, uint slot) {
#if A_TURNED
  for (uint chunk = 0; chunk < BK; chunk += KSTEP) [[unroll]] for (uint step = 0; step < KSTEP; ++step) {
    const uint deep = chunk + step;
    vec4 from_a[TM / 4], from_b[TN / 4];
    [[unroll]] for (uint i = 0; i < TM / 4; ++i) from_a[i] = tile_a[slot * kSizeA + (deep * kPitchA + i * kStrideM) / 4 + y];
    [[unroll]] for (uint j = 0; j < TN / 4; ++j) from_b[j] = tile_b[slot * kSizeB + deep * kPitchB + j * kAcross + x];
    [[unroll]] for (uint i = 0; i < TM; ++i) {
      [[unroll]] for (uint j = 0; j < TN / 4; ++j) sums[i][j] = fma(vec4(from_a[i / 4][i % 4]), from_b[j], sums[i][j]);
    }
  }
#else
  for (uint chunk = 0; chunk < BK / 4; chunk += KSTEP / 4) [[unroll]] for (uint step = 0; step < KSTEP / 4; ++step) {
    const uint deep = chunk + step;
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
#ifdef SPLIT_K
  const uint part = LinearGroup() / (tiles_down * tiles_across), group = LinearGroup() % (tiles_down * tiles_across);
  if (part >= SPLIT) return;
  const uint share = ((k + SPLIT - 1) / SPLIT + BK - 1) / BK * BK;
  const uint from_k = part * share, end_k = min(from_k + share, k), base = part * m * n;
#else
  const uint group = LinearGroup();
  if (group >= tiles_down * tiles_across) return;
  const uint from_k = 0, end_k = k, base = 0;
#endif
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
  Load(next_a, next_b, first_row, first_column, from_k);
  uint slot = 0;
#if BUFFERS == 2
  Store(next_a, next_b, 0);
  barrier();
  for (uint first_k = from_k + BK; first_k < end_k; first_k += BK) {
    Load(next_a, next_b, first_row, first_column, first_k);
    Multiply(sums, x, y, slot);
    slot ^= 1;
    Store(next_a, next_b, slot);
    barrier();
  }
#else
  Store(next_a, next_b, 0);
  barrier();
  for (uint first_k = from_k + BK; first_k < end_k; first_k += BK) {
    Load(next_a, next_b, first_row, first_column, first_k);
    Multiply(sums, x, y, 0);
    barrier();
    Store(next_a, next_b, 0);
    barrier();
  }
#endif
  Multiply(sums, x, y, slot);

  const bool whole = ldc % 4 == 0 && first_row + BM <= m && first_column + BN <= n;
  [[unroll]] for (uint i = 0; i < TM; ++i) {
#if A_TURNED
    const uint row = first_row + i / 4 * kStrideM + y * 4 + i % 4;
#else
    const uint row = first_row + i * kDown + y;
#endif
    [[unroll]] for (uint j = 0; j < TN / 4; ++j) {
      const uint column = first_column + j * kStrideN + x * 4;
      const uint to = base + row * ldc + column;
      if (whole) {
        c4[to / 4] = RESULT(sums[i][j], c4[to / 4]);
      } else if (row < m) {
        [[unroll]] for (uint e = 0; e < 4; ++e) {
          if (column + e < n) c[to + e] = RESULT(sums[i][j][e], c[to + e]);
        }
      }
    }
  }
}
