#version 460
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;
layout(binding = 0) restrict readonly buffer A { float a[]; };
layout(binding = 1) restrict readonly buffer B { float b[]; };
layout(binding = 2) restrict writeonly buffer C { float c[]; };
layout(push_constant) uniform Push { uint m; uint n; uint k; };

void main() {
  const uint across = (n + WG_X - 1) / WG_X;
  const uint group = LinearGroup();
  const uint row = group / across * WG_Y + gl_LocalInvocationID.y;
  const uint column = group % across * WG_X + gl_LocalInvocationID.x;
  if (row >= m || column >= n) return;
  float sum = 0;
  for (uint step = 0; step < k; ++step) sum += a[row * k + step] * b[step * n + column];
  c[row * n + column] = sum;
}
