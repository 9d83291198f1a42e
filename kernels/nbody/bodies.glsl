// The bodies an invocation moves, and what another body does to one of them.
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer Bodies { vec4 bodies[]; };
layout(binding = 1) restrict writeonly buffer Accelerations { vec4 accelerations[]; };
layout(push_constant) uniform Push { uint n; float epsilon; };

void Attract(inout vec3 acceleration, vec3 place, vec4 body) {
  const vec3 away = body.xyz - place;
  const float inverse = inversesqrt(dot(away, away) + epsilon);
  acceleration += away * (body.w * inverse * inverse * inverse);
}
