#version 460
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"
#include "two_sum.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer Image { float image[]; };
layout(binding = 1) readonly buffer Filter { float weights[]; };
layout(binding = 2) writeonly buffer Out { float results[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint high; uint wide; };

void main() {
  const uint at = LinearGroup() * 64 + gl_LocalInvocationIndex;
  if (at >= rows * cols) return;
  const uint r = at / cols, c = at % cols, pitch = cols + wide - 1;
  Sum sum = Sum(0, 0);
  for (uint i = 0; i < high; ++i) {
    for (uint j = 0; j < wide; ++j) AddProduct(sum, image[(r + i) * pitch + c + j], weights[i * wide + j]);
  }
  results[at] = Total(sum);
}
