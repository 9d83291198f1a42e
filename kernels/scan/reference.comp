#version 460
// One workgroup: each invocation sums a run of neighbours, the runs' sums are added up, then each run is scanned. Every sum has
// a second word: for floats what its roundings lost (two-sum), for integers nothing. Steps of kAtOnce elements, since lavapipe ends
// all loops of an invocation after 65535 rounds.
#extension GL_EXT_control_flow_attributes : require
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer X { T x[]; };
layout(binding = 1) writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint n; uint exclusive; };

void Add(inout uint sum, inout uint lost, uint x) { sum += x; }
void Add(inout int sum, inout int lost, int x) { sum += x; }
void Add(inout float sum, inout float lost, float x) {
  precise const float total = sum + x;
  precise const float other = total - sum;
  precise const float kept = total - other;
  precise const float left = sum - kept;
  precise const float right = x - other;
  precise const float error = left + right;
  precise const float all_lost = lost + error;
  sum = total;
  lost = all_lost;
}

const uint kAtOnce = 16;
shared T sums[128];
shared T losses[128];

void main() {
  const uint lane = gl_LocalInvocationID.x;
  const uint run = (n + 127) / 128;
  const uint first = min(lane * run, n), end = min(first + run, n);
  T sum = T(0), lost = T(0);
  for (uint i = first; i < end; i += kAtOnce) {
    [[unroll]] for (uint j = 0; j < kAtOnce; ++j) Add(sum, lost, i + j < end ? x[i + j] : T(0));
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
  for (uint i = first; i < end; i += kAtOnce) {
    [[unroll]] for (uint j = 0; j < kAtOnce; ++j) {
      const T before = sum + lost;
      if (i + j < end) {
        Add(sum, lost, x[i + j]);
        y[i + j] = exclusive != 0 ? before : sum + lost;
      }
    }
  }
}
