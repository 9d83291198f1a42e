#version 450
// One pass of a sum: each workgroup adds 64 elements of `from` (count of them) into one of `to`.
layout(local_size_x = 64) in;
layout(binding = FROM) readonly buffer From { float from[]; };
layout(binding = TO) buffer To { float to[]; };
layout(push_constant) uniform Push { uint count; };
shared float part[64];
void main() {
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint i = group * 64 + gl_LocalInvocationID.x;
  part[gl_LocalInvocationID.x] = i < count ? from[i] : 0.0;
  barrier();
  for (uint step = 32; step > 0; step /= 2) {
    if (gl_LocalInvocationID.x < step) part[gl_LocalInvocationID.x] += part[gl_LocalInvocationID.x + step];
    barrier();
  }
  if (gl_LocalInvocationID.x == 0) to[group] = part[0];
}
