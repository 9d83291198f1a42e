#version 460
// A workgroup a row; sums carry their roundings along.
#extension GL_GOOGLE_include_directive : require
#define VEC 1
#include "types.glsl"
#include "grid.glsl"
#include "two_sum.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { T a[]; };
layout(binding = 1) readonly buffer X { T x[]; };
layout(binding = 2) writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint m; uint n; };

shared Sum sums[64];

void main() {
  const uint row = LinearGroup(), lane = gl_LocalInvocationID.x;
  if (row >= m) return;
  Sum sum = Sum(0, 0);
  for (uint i = lane; i < n; i += 64) AddProduct(sum, float(a[row * n + i]), float(x[i]));
  sums[lane] = sum;
  barrier();
  if (lane > 0) return;
  for (uint i = 1; i < 64; ++i) Add(sum, sums[i]);
  y[row] = T(Total(sum));
}
