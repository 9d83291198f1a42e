#version 460
// common/gemm_cooperative.glsl says how; the halves are those that split.comp made. With a = a1 + a2 and b = b1 + b2, a b is
// a1 b1 + a1 b2 + a2 b1; the fourth product is below what a float keeps. Matrix units cut sums off instead of rounding them: a step's
// sums start from zero and are added to the others by float additions, which round.
#extension GL_GOOGLE_include_directive : require
#define T float
#define T_BYTES 4
#define PARTS 2
#include "gemm_cooperative.glsl"
layout(binding = 3) restrict readonly buffer PackedA { uvec4 packed_a[]; };
layout(binding = 4) restrict readonly buffer PackedB { uvec4 packed_b[]; };
layout(binding = 5) restrict readonly buffer ScalesA { float scales_a[]; };
layout(binding = 6) restrict readonly buffer ScalesB { float scales_b[]; };

void Load(uvec2 tile, uint step, out uvec4 next_a[kLoadsA], out uvec4 next_b[kLoadsB]) {
  const uvec2 from = (tile * Steps() + step) * 2 * uvec2(kPacketsA, kPacketsB) + gl_LocalInvocationIndex;
  [[unroll]] for (uint i = 0; i < kLoadsA; ++i) next_a[i] = packed_a[from.x + i * kInvocations];
  [[unroll]] for (uint i = 0; i < kLoadsB; ++i) next_b[i] = packed_b[from.y + i * kInvocations];
}

void Multiply(inout Sums sums[kDown][kAcross], uvec2 base, uvec2 tile, uint step) {
  const uvec2 source = tile * Steps() + step;
  const float scale = scales_a[source.x] * scales_b[source.y];
  FragmentA a[kDown][kDeep][2];
  [[unroll]] for (uint i = 0; i < kDown; ++i) {
    [[unroll]] for (uint d = 0; d < kDeep; ++d) {
      LoadA(a[i][d][0], base, 0, i, d);
      LoadA(a[i][d][1], base, 1, i, d);
    }
  }
  [[unroll]] for (uint j = 0; j < kAcross; ++j) {
    FragmentB b[kDeep][2];
    [[unroll]] for (uint d = 0; d < kDeep; ++d) {
      LoadB(b[d][0], base, 0, d, j);
      LoadB(b[d][1], base, 1, d, j);
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
