#version 460
// Nothing is finished yet, and the sum of nothing is 0.
layout(local_size_x = 1) in;
layout(binding = 1) restrict writeonly buffer Out { float result; };
layout(binding = 3) restrict writeonly buffer Finished { uint finished; };

void main() {
  finished = 0;
  result = 0;
}
