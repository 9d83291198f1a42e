#version 460
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"
#include "two_sum.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer Starts { uint starts[]; };
layout(binding = 1) readonly buffer Columns { uint columns[]; };
layout(binding = 2) readonly buffer Values { float values[]; };
layout(binding = 3) readonly buffer X { float x[]; };
layout(binding = 4) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint rows; };

void main() {
  const uint row = LinearGroup() * 64 + gl_LocalInvocationIndex;
  if (row >= rows) return;
  Sum sum = Sum(0, 0);
  for (uint i = starts[row]; i < starts[row + 1]; ++i) AddProduct(sum, values[i], x[columns[i]]);
  y[row] = Total(sum);
}
