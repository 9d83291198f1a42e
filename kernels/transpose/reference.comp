#version 460
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer In { T from[]; };
layout(binding = 1) writeonly buffer Out { T to[]; };
layout(push_constant) uniform Push { uint batch; uint rows; uint cols; };

void main() {
  const uint i = LinearGroup() * 64 + gl_LocalInvocationID.x;
  if (i >= batch * rows * cols) return;
  const uint c = i % cols;
  const uint r = i / cols % rows;
  const uint b = i / cols / rows;
  to[(b * cols + c) * rows + r] = from[i];
}
