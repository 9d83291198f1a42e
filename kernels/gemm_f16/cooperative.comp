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
  const uint first_k = step * BK;
  const bool inside = first_k + BK <= k;
  if (Whole(inside && k % 8 == 0 && first.x + BM <= m)) {
    [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
      const uvec2 at = PlaceOf(i, BK);
      next_a[i] = a8[(first.x + at.x) * (k / 8) + (first_k + at.y) / 8];
    }
  } else {
    [[unroll]] for (uint i = 0; i < kLoadsA; ++i) {
      const uvec2 at = PlaceOf(i, BK) + uvec2(first.x, first_k);
      float e[8];
      EDGE(a, at, m, k, e)
      next_a[i] = Pack(e);
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
      float e[8];
      EDGE(b, at, k, n, e)
      next_b[i] = Pack(e);
    }
  }
}

void Multiply(inout Sums sums[kDown][kAcross], uvec2 base, uvec2, uint) {
  [[unroll]] for (uint d = 0; d < kDeep; ++d) {
    FragmentA from_a[kDown];
    [[unroll]] for (uint i = 0; i < kDown; ++i) LoadA(from_a[i], base, 0, i, d);
    [[unroll]] for (uint j = 0; j < kAcross; ++j) {
      FragmentB from_b;
      LoadB(from_b, base, 0, d, j);
      [[unroll]] for (uint i = 0; i < kDown; ++i) sums[i][j] = coopMatMulAdd(from_a[i], from_b, sums[i][j]);
    }
  }
}
