#version 460
// A workgroup a row; sums carry their roundings along.
#extension GL_GOOGLE_include_directive : require
#define VEC 1
#include "types.glsl"
#include "grid.glsl"
#include "two_sum.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { T x[]; };
layout(binding = 1) writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint rows; uint cols; };

shared float tops[64];
shared Sum sums[64];

void main() {
  const uint row = LinearGroup(), lane = gl_LocalInvocationID.x;
  if (row >= rows) return;
  float top = -3.4e38;
  for (uint i = lane; i < cols; i += 64) top = max(top, float(x[row * cols + i]));
  tops[lane] = top;
  barrier();
  for (uint i = 0; i < 64; ++i) top = max(top, tops[i]);
  Sum sum = Sum(0, 0);
  for (uint i = lane; i < cols; i += 64) Add(sum, exp(float(x[row * cols + i]) - top));
  sums[lane] = sum;
  barrier();
  Sum all = Sum(0, 0);
  for (uint i = 0; i < 64; ++i) Add(all, sums[i]);
  for (uint i = lane; i < cols; i += 64) y[row * cols + i] = T(exp(float(x[row * cols + i]) - top) / Total(all));
}
