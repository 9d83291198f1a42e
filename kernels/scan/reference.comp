#version 460
// One workgroup: each invocation sums a run of neighbours, the runs' sums are added up, then each run is scanned. Every sum has
// a second word: for floats what its roundings lost (two-sum), for integers nothing.
#extension GL_GOOGLE_include_directive : require
#include "two_sum.glsl"
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer X { T x[]; };
layout(binding = 1) writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint n; uint exclusive; };

void Add(inout uint sum, inout uint lost, uint x) { sum += x; }
void Add(inout int sum, inout int lost, int x) { sum += x; }

shared T sums[128];
shared T losses[128];

void Step(inout T sum, inout T lost, uint i) {
  const T before = sum + lost;
  Add(sum, lost, x[i]);
  y[i] = exclusive != 0 ? before : sum + lost;
}
#define STORE(j) if (i + j < end) Step(sum, lost, i + j);

void main() {
  const uint lane = gl_LocalInvocationID.x;
  const uint run = (n + 127) / 128;
  const uint first = min(lane * run, n), end = min(first + run, n);
  T sum = T(0), lost = T(0);
#define ADD(j) Add(sum, lost, i + j < end ? x[i + j] : T(0));
  for (uint i = first; i < end; i += 16) {
    SIXTEEN_TIMES(ADD)
  }
  sums[lane] = sum;
  losses[lane] = lost;
  barrier();
  sum = T(0);
  lost = T(0);
  for (uint before = 0; before < lane; ++before) {
    Add(sum, lost, sums[before]);
    lost += losses[before];
  }
  for (uint i = first; i < end; i += 16) {
    SIXTEEN_TIMES(STORE)
  }
}
