#version 460
// One pass. A workgroup takes a tile (with TICKET the next one in order, so that all before it have begun), publishes its sum, learns
// the sum of all before it from what they published, publishes that too, and stores. Where a predecessor stays silent (a device need
// not run it until we finish) its sum is computed again here, so that the dispatch ends on every device.
#extension GL_GOOGLE_include_directive : require
#include "bits.glsl"
#include "grid.glsl"
#include "number.glsl"
#include "device_memory.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { BITS x_packets[]; };
layout(binding = 0) restrict readonly buffer X { uint x[]; };
layout(binding = 1) restrict writeonly buffer YPackets { BITS y_packets[]; };
layout(binding = 1) restrict writeonly buffer Y { uint y[]; };
layout(binding = 2) restrict buffer Ticket { uint ticket; };
layout(binding = 3) restrict buffer State { uint state[]; };
layout(push_constant) uniform Push { uint n; uint exclusive; };
#include "tile.glsl"
#include "look_back.glsl"

shared uint my_tile;
shared bool done;
shared uint end;
shared T carry;

uint TakeTile() {
#if TICKET
  if (gl_LocalInvocationIndex == 0) my_tile = atomicAdd(ticket, 1);
  barrier();
  return my_tile;
#else
  return LinearGroup();
#endif
}

// Computed with few registers, since it is seldom needed.
T SumOfTile(uint tile) {
  T sum = T(0), all;
  for (uint i = gl_LocalInvocationIndex; i < kTile; i += WG) {
    T element;
    FromBits(x[tile * kTile + i], element);
    sum += element;
  }
  BeforeRun(subgroupAdd(sum), all);
  return all;
}

void main() {
  const uint tile = TakeTile();
  if (tile > (n - 1) / kTile) return;

  T e[PER_LANE][VEC], own;
  LoadTile(tile, e);
  const T before = BeforeRun(ScanRun(e), own);
  if (gl_LocalInvocationIndex == 0) Publish(tile, own, tile == 0 ? kAll : kOwn);

  uint mine_end = tile;
  T sum = T(0);
  while (true) {
    if (gl_SubgroupID == 0) {
      const bool complete = LookBack(mine_end, sum);
      if (gl_SubgroupInvocationID == 0) {
        done = complete;
        end = mine_end;
        carry = sum;
      }
    }
    barrier();
    if (done) break;
    sum += SumOfTile(end - 1);
    --mine_end;
    barrier();
  }
  if (gl_LocalInvocationIndex == 0 && tile > 0) Publish(tile, carry + own, kAll);
  StoreTile(tile, e, carry + before);
}
