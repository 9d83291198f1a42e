#version 460
layout(local_size_x = WG) in;
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };

#define STEP(k) a = a * float(k + SALT) + b; b = max(b, a - c); c += b * a;
#define STEPS_4(k) STEP(k) STEP(k + 1) STEP(k + 2) STEP(k + 3)
#define STEPS_16(k) STEPS_4(k) STEPS_4(k + 4) STEPS_4(k + 8) STEPS_4(k + 12)
#define STEPS_64(k) STEPS_16(k) STEPS_16(k + 16) STEPS_16(k + 32) STEPS_16(k + 48)
#define STEPS_256(k) STEPS_64(k) STEPS_64(k + 64) STEPS_64(k + 128) STEPS_64(k + 192)

float Large(float a, float b, float c) {
  STEPS_256(0)
  STEPS_64(256)
  return c;
}

void main() {
  const uint i = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * WG + gl_LocalInvocationID.x;
  if (i >= n) return;
  y[i] = n > 0 ? x[i] : Large(x[0], x[1], x[2]);  // which is never called
}
