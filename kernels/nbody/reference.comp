#version 460
#extension GL_GOOGLE_include_directive : require
#include "two_sum.glsl"
#define WG 64
#include "bodies.glsl"

void main() {
  const uint to = LinearGroup() * 64 + gl_LocalInvocationIndex;
  if (to >= n) return;
  const vec3 place = bodies[to].xyz;
  Sum x = Sum(0, 0), y = Sum(0, 0), z = Sum(0, 0);
  for (uint i = 0; i < n; ++i) {
    vec3 pull = vec3(0);
    Attract(pull, place, bodies[i]);
    Add(x, pull.x);
    Add(y, pull.y);
    Add(z, pull.z);
  }
  accelerations[to] = vec4(Total(x), Total(y), Total(z), 0);
}
