// A workgroup computes a BM x BN tile of C in steps of BK along k. The next step's tiles of A and B travel from memory to
// registers while the present ones are multiplied from shared memory.
//
// Shapes: an invocation (x, y) holds rows y * 4 + e + i * kStrideM (A_TURNED) or y + i * BM / TM, and columns
//   x * 4 + e + j * kStrideN, so that neighbours read neighbouring vec4s of shared memory.
// Slices: SLICES invocations share each (x, y); each multiplies its part of every step, and their sums are added up at the end. A
//   small tile then still has many invocations.
// Tiles: B's rows along n; A's rows along k (read as vec4 along k: four steps at a time) or, A_TURNED, along m.
// Where four elements would cross the edge of a matrix or are not aligned, elements are loaded one by one, and zeros beyond. WHOLE:
// that never happens, since all tiles are whole; it saves registers.
// T: the elements' type, float without it; sums are floats.
// BLAS: C = alpha op(A) op(B) + beta C with leading dimensions; op is turning over where TURNED_A, TURNED_B say so, and then the
// four elements of a load lie along the other side of the tile.
// SPLIT_K: a workgroup takes one of SPLIT parts of k and leaves its sums in partial.
#ifndef T
#define T float
#define T_BYTES 4
#endif
#define VEC 4
#include "types.glsl"
#include "grid.glsl"
#include "raster.glsl"
layout(local_size_x = BM / TM * (BN / TN) * SLICES) in;
#ifdef SPLIT_K
layout(constant_id = 1) const uint SPLIT = 2;
#endif
layout(binding = 0) restrict readonly buffer A { T a[]; };
layout(binding = 0) restrict readonly buffer A4 { TV a4[]; };
layout(binding = 1) restrict readonly buffer B { T b[]; };
layout(binding = 1) restrict readonly buffer B4 { TV b4[]; };
#ifdef SPLIT_K
#define CT float
#define CT4 vec4
layout(binding = 3) restrict writeonly buffer C { CT c[]; };
layout(binding = 3) restrict writeonly buffer C4 { CT4 c4[]; };
#else
#define CT T
#define CT4 TV
#ifdef BLAS
layout(binding = 2) restrict buffer C { CT c[]; };
layout(binding = 2) restrict buffer C4 { CT4 c4[]; };
#else
layout(binding = 2) restrict writeonly buffer C { CT c[]; };
layout(binding = 2) restrict writeonly buffer C4 { CT4 c4[]; };
#endif
#endif
#ifdef BLAS
layout(push_constant) uniform Push { uint m; uint n; uint k; uint lda; uint ldb; uint ldc; float alpha; float beta; };
// beta = 0: what C holds is not looked at.
#define RESULT(R, sum, old) R(beta == 0 ? alpha * (sum) : alpha * (sum) + beta * (old))
#else
layout(push_constant) uniform Push { uint m; uint n; uint k; };
#define TURNED_A false
#define TURNED_B false
#define lda k
#define ldb n
#define ldc n
#define RESULT(R, sum, old) R(sum)
#endif

const uint kAcross = BN / TN, kDown = BM / TM;        // a slice's invocations
const uint kSlice = kAcross * kDown;
const uint kInvocations = kSlice * SLICES;
const uint kLanesY = 32 / LANES_X;
const uint kLoadsA = BM * BK / 4 / kInvocations;      // vec4s an invocation loads in a step
const uint kLoadsB = BN * BK / 4 / kInvocations;
const uint kStrideN = kAcross * 4;
const uint kStrideM = kDown * 4;
const uint kPitchA = (A_TURNED == 1 ? BM : BK) / 4 + 1;    // in vec4
const uint kPitchB = BN / 4 + 1;
const uint kSizeA = (A_TURNED == 1 ? BK : BM) * kPitchA;
const uint kSize = kSizeA + BK * kPitchB;             // a step's tiles of A and B, one behind the other
const uint kSums = SLICES / 2 * BM * BN / 4;          // half of the slices' sums, at the end

shared vec4 tiles[BUFFERS * kSize > kSums ? BUFFERS * kSize : kSums];

// The workgroup's part of A and B: the first row and column of its tile of C, and where an invocation's loads lie at k = 0, in
// fours of elements.
struct Source {
  uint row, column;
  bool whole_a, whole_b;                              // all loads are aligned and inside, but for the end of k
  uint from_a[kLoadsA], from_b[kLoadsB];
};

// Load `i` of a tile of `width` elements along its stored rows: the row, and the first of four elements along it. Where the
// invocations fill whole rows, loads differ by a constant: compilers then keep one address for all.
uvec2 PlaceOf(uint i, uint width) {
  const uint fours = width / 4;
  if (kInvocations % fours == 0)
    return uvec2(gl_LocalInvocationIndex / fours + i * (kInvocations / fours), gl_LocalInvocationIndex % fours * 4);
  const uint at = gl_LocalInvocationIndex + i * kInvocations;
  return uvec2(at / fours, at % fours * 4);
}
uvec2 PlaceOfA(uint i) { return TURNED_A ? PlaceOf(i, BM) : PlaceOf(i, BK); }
uvec2 PlaceOfB(uint i) { return TURNED_B ? PlaceOf(i, BK) : PlaceOf(i, BN); }

Source MakeSource(uint row, uint column) {
  Source source;
  source.row = row;
  source.column = column;
  source.whole_a = lda % 4 == 0 && row + BM <= m;
  source.whole_b = ldb % 4 == 0 && column + BN <= n;
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
    const uvec2 at = PlaceOfA(i) + (TURNED_A ? uvec2(0, row) : uvec2(row, 0));
    source.from_a[i] = at.x * (lda / 4) + at.y / 4;
  }
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
    const uvec2 at = PlaceOfB(i) + (TURNED_B ? uvec2(column, 0) : uvec2(0, column));
    source.from_b[i] = at.x * (ldb / 4) + at.y / 4;
  }
  return source;
}

#ifdef WHOLE
bool Whole(bool) { return true; }
TV EdgeOfA(uvec2, uvec2) { return TV(0); }
TV EdgeOfB(uvec2, uvec2) { return TV(0); }
#else
bool Whole(bool whole) { return whole; }

// Four elements from (row, column) of a stored matrix on, or as many as lie inside it.
TV EdgeOfA(uvec2 at, uvec2 size) {
  TV v = TV(0);
  [[unroll]] for (uint e = 0; e < 4; ++e) {
    if (at.x < size.x && at.y + e < size.y) v[e] = a[at.x * lda + at.y + e];
  }
  return v;
}

TV EdgeOfB(uvec2 at, uvec2 size) {
  TV v = TV(0);
  [[unroll]] for (uint e = 0; e < 4; ++e) {
    if (at.x < size.x && at.y + e < size.y) v[e] = b[at.x * ldb + at.y + e];
  }
  return v;
}
#endif

void Load(Source source, uint first_k, out TV next_a[kLoadsA], out TV next_b[kLoadsB]) {
  const bool inside = first_k + BK <= k;
  if (Whole(source.whole_a && inside)) {
    const uint ahead = TURNED_A ? first_k * (lda / 4) : first_k / 4;
    [[unroll]] for (uint i = 0; i < kLoadsA; ++i) next_a[i] = a4[source.from_a[i] + ahead];
  } else {
    const uvec2 first = TURNED_A ? uvec2(first_k, source.row) : uvec2(source.row, first_k);
    [[unroll]] for (uint i = 0; i < kLoadsA; ++i) next_a[i] = EdgeOfA(PlaceOfA(i) + first, TURNED_A ? uvec2(k, m) : uvec2(m, k));
  }
  if (Whole(source.whole_b && inside)) {
    const uint ahead = TURNED_B ? first_k / 4 : first_k * (ldb / 4);
    [[unroll]] for (uint i = 0; i < kLoadsB; ++i) next_b[i] = b4[source.from_b[i] + ahead];
  } else {
    const uvec2 first = TURNED_B ? uvec2(source.column, first_k) : uvec2(first_k, source.column);
    [[unroll]] for (uint i = 0; i < kLoadsB; ++i) next_b[i] = EdgeOfB(PlaceOfB(i) + first, TURNED_B ? uvec2(n, k) : uvec2(k, n));
  }
}

// Four elements of A along m or k into the tile at `base`.
void PutA(uint base, uint row, uint deep, vec4 v, bool along_m) {
#if A_TURNED
  if (along_m) {
    tiles[base + deep * kPitchA + row / 4] = v;
  } else {
    [[unroll]] for (uint e = 0; e < 4; ++e) tiles[base + (deep + e) * kPitchA + row / 4][row % 4] = v[e];
  }
#else
  if (along_m) {
    [[unroll]] for (uint e = 0; e < 4; ++e) tiles[base + (row + e) * kPitchA + deep / 4][deep % 4] = v[e];
  } else {
    tiles[base + row * kPitchA + deep / 4] = v;
  }
#endif
}

// Four elements of B along n or k.
void PutB(uint base, uint deep, uint column, vec4 v, bool along_n) {
  if (along_n) {
    tiles[base + deep * kPitchB + column / 4] = v;
  } else {
    [[unroll]] for (uint e = 0; e < 4; ++e) tiles[base + (deep + e) * kPitchB + column / 4][column % 4] = v[e];
  }
}

void Store(TV next_a[kLoadsA], TV next_b[kLoadsB], uint slot) {
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
    const uvec2 at = PlaceOfA(i);
    PutA(slot * kSize, TURNED_A ? at.y : at.x, TURNED_A ? at.x : at.y, vec4(next_a[i]), TURNED_A);
  }
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
    const uvec2 at = PlaceOfB(i);
    PutB(slot * kSize + kSizeA, TURNED_B ? at.y : at.x, TURNED_B ? at.x : at.y, vec4(next_b[i]), !TURNED_B);
  }
}

// The slice's part of a step: BK / SLICES steps along k, KSTEP of them unrolled.
void Multiply(inout float sums[TM][TN], uint x, uint y, uint slice, uint slot) {
  const uint from_deep = slice * (BK / SLICES), end_deep = from_deep + BK / SLICES;
  const uint base_a = slot * kSize, base_b = base_a + kSizeA;
#if A_TURNED
  for (uint chunk = from_deep; chunk < end_deep; chunk += KSTEP) [[unroll]] for (uint step = 0; step < KSTEP; ++step) {
    const uint deep = chunk + step;
    vec4 from_a[TM / 4], from_b[TN / 4];
    [[unroll]] for (uint i = 0; i < TM / 4; ++i) from_a[i] = tiles[base_a + deep * kPitchA + i * kDown + y];
    [[unroll]] for (uint j = 0; j < TN / 4; ++j) from_b[j] = tiles[base_b + deep * kPitchB + j * kAcross + x];
    [[unroll]] for (uint i = 0; i < TM; ++i) {
      [[unroll]] for (uint j = 0; j < TN; ++j) sums[i][j] = fma(from_a[i / 4][i % 4], from_b[j / 4][j % 4], sums[i][j]);
    }
  }
#else
  for (uint chunk = from_deep; chunk < end_deep; chunk += KSTEP) [[unroll]] for (uint step = 0; step < KSTEP; step += 4) {
    const uint deep = chunk + step;
    vec4 from_a[TM];
    [[unroll]] for (uint i = 0; i < TM; ++i) from_a[i] = tiles[base_a + (y + i * kDown) * kPitchA + deep / 4];
    [[unroll]] for (uint e = 0; e < 4; ++e) {
      vec4 from_b[TN / 4];
      [[unroll]] for (uint j = 0; j < TN / 4; ++j) from_b[j] = tiles[base_b + (deep + e) * kPitchB + j * kAcross + x];
      [[unroll]] for (uint i = 0; i < TM; ++i) {
        [[unroll]] for (uint j = 0; j < TN; ++j) sums[i][j] = fma(from_a[i][e], from_b[j / 4][j % 4], sums[i][j]);
      }
    }
  }
#endif
}

#if SLICES > 1
// Adds all slices' sums to the first one's, through shared memory, half of the slices at a time.
void AddSlices(inout vec4 sums[TM][TN / 4], uint slice) {
  const uint mine = gl_LocalInvocationIndex % kSlice;
  for (uint left = SLICES / 2; left > 0; left /= 2) {
    const uint base = slice % left * (TM * TN / 4);
    barrier();
    if (slice / left == 1) {
      [[unroll]] for (uint i = 0; i < TM; ++i) {
        [[unroll]] for (uint j = 0; j < TN / 4; ++j) tiles[(base + i * (TN / 4) + j) * kSlice + mine] = sums[i][j];
      }
    }
    barrier();
    if (slice < left) {
      [[unroll]] for (uint i = 0; i < TM; ++i) {
        [[unroll]] for (uint j = 0; j < TN / 4; ++j) sums[i][j] += tiles[(base + i * (TN / 4) + j) * kSlice + mine];
      }
    }
  }
}
#endif

uint RowOf(uint i, uint y) {
#if A_TURNED
  return i / 4 * kStrideM + y * 4 + i % 4;
#else
  return i * kDown + y;
#endif
}

// Leaves the sums in C, whose first element is number `base` of the buffer.
void StoreSums(vec4 sums[TM][TN / 4], uint base, uint first_row, uint first_column, uint x, uint y) {
  if (Whole(ldc % 4 == 0 && first_row + BM <= m && first_column + BN <= n)) {
    [[unroll]] for (uint i = 0; i < TM; ++i) {
      const uint to = (base + (first_row + RowOf(i, y)) * ldc + first_column) / 4 + x;
      [[unroll]] for (uint j = 0; j < TN / 4; ++j) c4[to + j * kAcross] = RESULT(CT4, sums[i][j], c4[to + j * kAcross]);
    }
  } else {
    [[unroll]] for (uint i = 0; i < TM; ++i) {
      const uint row = first_row + RowOf(i, y);
      [[unroll]] for (uint j = 0; j < TN / 4; ++j) {
        const uint column = first_column + j * kStrideN + x * 4, to = base + row * ldc + column;
        [[unroll]] for (uint e = 0; e < 4; ++e) {
          if (row < m && column + e < n) c[to + e] = RESULT(CT, sums[i][j][e], c[to + e]);
        }
      }
    }
  }
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

  // 32 neighbouring invocations of a slice are a rectangle of LANES_X x kLanesY. Neighbours in x and in y are interleaved: hardware
  // joins the parts of a vec4 read from shared memory where invocations 1 or 2 apart read the same.
  const uint slice = gl_LocalInvocationIndex / kSlice, mine = gl_LocalInvocationIndex % kSlice;
  const uint lane = mine % 32, quad = lane / 4, patch_at = mine / 32;
  const uint x = patch_at % (kAcross / LANES_X) * LANES_X + quad % (LANES_X / 2) * 2 + lane / 2 % 2;
  const uint y = patch_at / (kAcross / LANES_X) * kLanesY + quad / (LANES_X / 2) * 2 + lane % 2;

  // Scalars: as vec4s they need aligned quadruples of registers, and a compiler moves them about within the loop.
  float sums[TM][TN];
  [[unroll]] for (uint i = 0; i < TM; ++i) {
    [[unroll]] for (uint j = 0; j < TN; ++j) sums[i][j] = 0;
  }

  const Source source = MakeSource(first_row, first_column);
  TV next_a[kLoadsA], next_b[kLoadsB];
  if (from_k < end_k) Load(source, from_k, next_a, next_b);
  uint slot = 0;
  for (uint first_k = from_k; first_k < end_k; first_k += BK) {
    Store(next_a, next_b, slot);
    barrier();
    if (first_k + BK < end_k) Load(source, first_k + BK, next_a, next_b);
    Multiply(sums, x, y, slice, slot);
#if BUFFERS == 2
    slot ^= 1;
#else
    barrier();
#endif
  }
  vec4 fours[TM][TN / 4];
  [[unroll]] for (uint i = 0; i < TM; ++i) {
    [[unroll]] for (uint j = 0; j < TN / 4; ++j)
      fours[i][j] = vec4(sums[i][4 * j], sums[i][4 * j + 1], sums[i][4 * j + 2], sums[i][4 * j + 3]);
  }
#if SLICES > 1
  AddSlices(fours, slice);
  if (slice > 0) return;
#endif
  StoreSums(fours, base, first_row, first_column, x, y);
}
