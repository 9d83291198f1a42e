#version 460
// common/gemm_cooperative.glsl says how. Where eight elements would cross the edge of a matrix or are not aligned, elements are loaded
// one by one, and zeros beyond.
#extension GL_GOOGLE_include_directive : require
#define PARTS 1
#include "gemm_cooperative.glsl"
layout(binding = 0) restrict readonly buffer A { T a[]; };
layout(binding = 0) restrict readonly buffer A8 { TV a8[]; };
layout(binding = 1) restrict readonly buffer B { T b[]; };
layout(binding = 1) restrict readonly buffer B8 { TV b8[]; };

// Packet `i` of a tile of `width` elements a row: the row, and the first of its elements along it.
uvec2 PlaceOf(uint i, uint width) {
  const uint at = gl_LocalInvocationIndex + i * kInvocations;
  return uvec2(at / (width / 8), at % (width / 8) * 8);
}

void Load(uvec2 tile, uint step, out TV next_a[kLoadsA], out TV next_b[kLoadsB]) {
  const uvec2 first = tile * uvec2(BM, BN);
  const bool inside = step * BK + BK <= k;
  if (Whole(inside && k % 8 == 0 && first.x + BM <= m)) {
    [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
      const uvec2 at = PlaceOf(i, BK);
      next_a[i] = a8[(first.x + at.x) * (k / 8) + at.y / 8 + step * (BK / 8)];
    }
  } else {
    [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
      const uvec2 at = PlaceOf(i, BK) + uvec2(first.x, step * BK);
      float e[8];
      EDGE(a, at, m, k, e)
      next_a[i] = Pack(e);
    }
  }
  if (Whole(inside && n % 8 == 0 && first.y + BN <= n)) {
    [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
      const uvec2 at = PlaceOf(i, BN);
      next_b[i] = b8[at.x * (n / 8) + (first.y + at.y) / 8 + step * (n / 8 * BK)];
    }
  } else {
    [[unroll]] for (uint i = 0; i < kLoadsB; ++i) {
      const uvec2 at = PlaceOf(i, BN) + uvec2(step * BK, first.y);
      float e[8];
      EDGE(b, at, k, n, e)
      next_b[i] = Pack(e);
    }
  }
}

// AHEAD 0: of 16 along k A's fragments are read, then B's one by one. 1: those of the next 16 before the present ones are
// multiplied. 2: A's of the whole step, then B's of the whole step one column after the other.
#if AHEAD == 0
void Multiply(inout Sums sums[kDown][kAcross], uvec2 corner, uint slot, uvec2, uint) {
  [[unroll]] for (uint d = 0; d < kDeep; ++d) {
    FragmentA from_a[kDown];
    [[unroll]] for (uint i = 0; i < kDown; ++i) LoadA(from_a[i], slot, 0, corner.x + i * 16, d * 16);
    [[unroll]] for (uint j = 0; j < kAcross; ++j) {
      FragmentB from_b;
      LoadB(from_b, slot, 0, d * 16, corner.y + j * 16);
      [[unroll]] for (uint i = 0; i < kDown; ++i) sums[i][j] = coopMatMulAdd(from_a[i], from_b, sums[i][j]);
    }
  }
}
#elif AHEAD == 1
void Read(out FragmentA from_a[kDown], out FragmentB from_b[kAcross], uvec2 corner, uint slot, uint deep) {
  [[unroll]] for (uint i = 0; i < kDown; ++i) LoadA(from_a[i], slot, 0, corner.x + i * 16, deep);
  [[unroll]] for (uint j = 0; j < kAcross; ++j) LoadB(from_b[j], slot, 0, deep, corner.y + j * 16);
}

void Multiply(inout Sums sums[kDown][kAcross], uvec2 corner, uint slot, uvec2, uint) {
  FragmentA next_a[kDown];
  FragmentB next_b[kAcross];
  Read(next_a, next_b, corner, slot, 0);
  [[unroll]] for (uint d = 0; d < kDeep; ++d) {
    const FragmentA from_a[kDown] = next_a;
    const FragmentB from_b[kAcross] = next_b;
    if (d + 1 < kDeep) Read(next_a, next_b, corner, slot, (d + 1) * 16);
    [[unroll]] for (uint j = 0; j < kAcross; ++j) {
      [[unroll]] for (uint i = 0; i < kDown; ++i) sums[i][j] = coopMatMulAdd(from_a[i], from_b[j], sums[i][j]);
    }
  }
}
#else
void Multiply(inout Sums sums[kDown][kAcross], uvec2 corner, uint slot, uvec2, uint) {
  FragmentA from_a[kDeep][kDown];
  [[unroll]] for (uint d = 0; d < kDeep; ++d) {
    [[unroll]] for (uint i = 0; i < kDown; ++i) LoadA(from_a[d][i], slot, 0, corner.x + i * 16, d * 16);
  }
  [[unroll]] for (uint j = 0; j < kAcross; ++j) {
    FragmentB from_b[kDeep];
    [[unroll]] for (uint d = 0; d < kDeep; ++d) LoadB(from_b[d], slot, 0, d * 16, corner.y + j * 16);
    [[unroll]] for (uint d = 0; d < kDeep; ++d) {
      [[unroll]] for (uint i = 0; i < kDown; ++i) sums[i][j] = coopMatMulAdd(from_a[d][i], from_b[d], sums[i][j]);
    }
  }
}
#endif
