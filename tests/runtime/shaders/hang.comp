#version 450
// Waits for a flag that nobody sets. llvmpipe leaves every loop after 65535 turns, so the grid is made as large as it gets.
layout(local_size_x = 64) in;
layout(binding = 0) volatile coherent buffer Y { uint y[]; };
void main() {
  while (atomicAdd(y[0], 0) == 0) {}
}
