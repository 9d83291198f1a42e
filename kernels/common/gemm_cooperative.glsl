// A workgroup computes a BM x BN tile of C in steps of BK along k, each of its subgroups a WM x WN part of it, in fragments of
// 16 x 16 that the device's matrix units multiply. The next step's tiles of A and B travel from memory to registers while the
// present ones are multiplied from shared memory, whose rows are a packet (eight halves) longer than the tiles so that a fragment's
// rows lie in different banks.
// PARTS: halves that make an element; a step's first parts of A's tile lie before its second ones, then those of B's.
// T: C's type. WHOLE: all tiles are whole; it saves registers. The kernel defines Load and Multiply.
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#if T_BYTES == 2
#define VEC 8
#define PACKET(v) v
#else
#define VEC 4
#define PACKET(v) uintBitsToFloat(v)
#endif
#include "types.glsl"
#include "grid.glsl"
#include "raster.glsl"
#include "gemm_tiles.glsl"
layout(local_size_x = BM / WM * (BN / WN) * SUBGROUP) in;
layout(binding = 2) restrict writeonly buffer C { T c[]; };

const uint kInvocations = BM / WM * (BN / WN) * SUBGROUP;
const uint kLoadsA = PARTS * kPacketsA / kInvocations;  // packets that an invocation loads in a step
const uint kLoadsB = PARTS * kPacketsB / kInvocations;
const uint kRowA = BK / 8, kPartA = BM * (kRowA + 1);   // packets of a tile's row, of a part of it in shared memory
const uint kRowB = BN / 8, kPartB = BK * (kRowB + 1);
const uint kSize = PARTS * (kPartA + kPartB);
const uint kDown = WM / 16, kAcross = WN / 16, kDeep = BK / 16;  // fragments of a subgroup, of a step
const uint kRowC = 16 / VEC;                                     // packets of a row of a fragment of C

shared uvec4 tiles[BUFFERS * kSize];

#define FragmentA coopmat<float16_t, gl_ScopeSubgroup, 16, 16, gl_MatrixUseA>
#define FragmentB coopmat<float16_t, gl_ScopeSubgroup, 16, 16, gl_MatrixUseB>
#define Result coopmat<T, gl_ScopeSubgroup, 16, 16, gl_MatrixUseAccumulator>
#define Sums coopmat<float, gl_ScopeSubgroup, 16, 16, gl_MatrixUseAccumulator>

// An invocation's packets of a step's tiles of A and B, those of its index + i * kInvocations; tile: the workgroup's tile of C.
void Load(uvec2 tile, uint step, out uvec4 next_a[kLoadsA], out uvec4 next_b[kLoadsB]);

// Adds a step's products. base: of the subgroup's fragments.
void Multiply(inout Sums sums[kDown][kAcross], uvec2 base, uvec2 tile, uint step);

#ifdef WHOLE
bool Whole(bool) { return true; }
#else
bool Whole(bool whole) { return whole; }
#endif

void Store(uvec4 next_a[kLoadsA], uvec4 next_b[kLoadsB], uint slot) {
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
    const uint at = gl_LocalInvocationIndex + i * kInvocations;
    tiles[slot * kSize + at + at / kRowA] = next_a[i];
  }
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
    const uint at = gl_LocalInvocationIndex + i * kInvocations;
    tiles[slot * kSize + PARTS * kPartA + at + at / kRowB] = next_b[i];
  }
}

// Where the subgroup's fragments of A (x) and B (y) begin in shared memory.
uvec2 Base(uvec2 corner, uint slot) { return slot * kSize + uvec2(corner.x * (kRowA + 1), PARTS * kPartA + corner.y / 8); }

// Fragment (i, d) of A's tile, (d, j) of B's.
void LoadA(out FragmentA fragment, uvec2 base, uint part, uint i, uint d) {
  const uint at = base.x + part * kPartA + i * 16 * (kRowA + 1) + d * 2;
  coopMatLoad(fragment, tiles, at, kRowA + 1, gl_CooperativeMatrixLayoutRowMajor);
}

void LoadB(out FragmentB fragment, uvec2 base, uint part, uint d, uint j) {
  const uint at = base.y + part * kPartB + d * 16 * (kRowB + 1) + j * 2;
  coopMatLoad(fragment, tiles, at, kRowB + 1, gl_CooperativeMatrixLayoutRowMajor);
}

// A fragment whose first element is (row, column) of C, through packets of shared memory that are the subgroup's own.
void StoreEdge(Result result, uint row, uint column) {
  const uint mine = gl_SubgroupID * 16 * kRowC;
  coopMatStore(result, tiles, mine, kRowC, gl_CooperativeMatrixLayoutRowMajor);
  subgroupBarrier();
  for (uint i = gl_SubgroupInvocationID; i < 16 * kRowC; i += SUBGROUP) {
    float e[VEC];
    Unpack(PACKET(tiles[mine + i]), e);
    [[unroll]] for (uint v = 0; v < VEC; ++v) {
      const uvec2 at = uvec2(row + i / kRowC, column + i % kRowC * VEC + v);
      if (at.x < m && at.y < n) c[at.x * n + at.y] = T(e[v]);
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

  Sums sums[kDown][kAcross];
  [[unroll]] for (uint i = 0; i < kDown; ++i) {
    [[unroll]] for (uint j = 0; j < kAcross; ++j) sums[i][j] = Sums(0);
  }

  uvec4 next_a[kLoadsA], next_b[kLoadsB];
  Load(tile, 0, next_a, next_b);
  uint slot = 0;
  for (uint step = 0; step < steps; ++step) {
    Store(next_a, next_b, slot);
    barrier();
    if (step + 1 < steps) Load(tile, step + 1, next_a, next_b);
    Multiply(sums, Base(corner, slot), tile, step);
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
      const Result result = Result(sums[i][j]);
      if (Whole(n % VEC == 0 && row + 16 <= m && column + 16 <= n)) {
        coopMatStore(result, c, row * n + column, n, gl_CooperativeMatrixLayoutRowMajor);
      } else {
        StoreEdge(result, row, column);
      }
    }
  }
}
