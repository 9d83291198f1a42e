#version 450
// Waits for a flag that nobody sets. Three loops deep, because llvmpipe leaves any one loop after 65535 turns.
layout(local_size_x = 1) in;
layout(binding = 0) volatile coherent buffer Y { uint y[]; };
void main() {
  while (atomicAdd(y[0], 0) == 0) {
    while (atomicAdd(y[0], 0) == 0) {
      while (atomicAdd(y[0], 0) == 0) {}
    }
  }
}
