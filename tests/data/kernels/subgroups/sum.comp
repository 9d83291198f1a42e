#version 460
#ifdef CLUSTERED
#extension GL_KHR_shader_subgroup_clustered : require
#endif
layout(local_size_x = WG) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

float At(uint i) { return i < n ? x[i] : 0; }

void main() {
  const uint i = gl_GlobalInvocationID.x;
#ifdef CLUSTERED
  const float sum = subgroupClusteredAdd(At(i), 4);
#else
  const float sum = At(i) + At(i + 1) + At(i + 2) + At(i + 3);
#endif
  if (i < n && i % 4 == 0) y[i / 4] = sum;
}
