#version 460
// A workgroup a row; sums carry their roundings along.
#extension GL_GOOGLE_include_directive : require
#define VEC 1
#include "types.glsl"
#include "grid.glsl"
#include "two_sum.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { T x[]; };
layout(binding = 1) readonly buffer Weight { T weight[]; };
layout(binding = 2) readonly buffer Bias { T bias[]; };
layout(binding = 3) writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint rows; uint cols; float epsilon; };

shared Sum sums[64];

float SumOfAll(Sum mine) {
  barrier();
  sums[gl_LocalInvocationID.x] = mine;
  barrier();
  Sum all = Sum(0, 0);
  for (uint i = 0; i < 64; ++i) Add(all, sums[i]);
  return Total(all);
}

void main() {
  const uint row = LinearGroup(), lane = gl_LocalInvocationID.x;
  if (row >= rows) return;
  Sum sum = Sum(0, 0);
  for (uint i = lane; i < cols; i += 64) Add(sum, float(x[row * cols + i]));
  const float mean = SumOfAll(sum) / cols;
  Sum squares = Sum(0, 0);
  for (uint i = lane; i < cols; i += 64) {
    const float away = float(x[row * cols + i]) - mean;
    AddProduct(squares, away, away);
  }
  const float scale = 1 / sqrt(SumOfAll(squares) / cols + epsilon);
  for (uint i = lane; i < cols; i += 64) {
    y[row * cols + i] = T((float(x[row * cols + i]) - mean) * scale * float(weight[i]) + float(bias[i]));
  }
}
