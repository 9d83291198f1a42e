#version 460
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"
#include "two_sum.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) readonly buffer B { float b[]; };
layout(binding = 2) buffer C { float c[]; };
layout(push_constant) uniform Push { uint m; uint n; uint k; uint lda; uint ldb; uint ldc; uint ta; uint tb; float alpha; float beta; };

void main() {
  const uint i = LinearGroup() * 64 + gl_LocalInvocationID.x;
  if (i >= m * n) return;
  const uint row = i / n, column = i % n;
  Sum sum = Sum(0, 0);
  for (uint step = 0; step < k; ++step) {
    AddProduct(sum, a[ta != 0 ? step * lda + row : row * lda + step], b[tb != 0 ? column * ldb + step : step * ldb + column]);
  }
  const uint to = row * ldc + column;
  c[to] = alpha * Total(sum) + beta * c[to];
}
