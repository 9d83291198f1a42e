// C = A B with sums in two floats. T: the elements' type, float without it. Needs `#version`, nothing before it.
#ifndef T
#define T float
#define T_BYTES 4
#endif
#include "types.glsl"
#include "grid.glsl"
#include "two_sum.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { T a[]; };
layout(binding = 1) readonly buffer B { T b[]; };
layout(binding = 2) writeonly buffer C { T c[]; };
layout(push_constant) uniform Push { uint m; uint n; uint k; };

void main() {
  const uint i = LinearGroup() * 64 + gl_LocalInvocationID.x;
  if (i >= m * n) return;
  const uint row = i / n, column = i % n;
  Sum sum = Sum(0, 0);
  for (uint step = 0; step < k; ++step) AddProduct(sum, float(a[row * k + step]), float(b[step * n + column]));
  c[i] = T(Total(sum));
}
