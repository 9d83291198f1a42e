// The better of two elements: the larger (smaller where `least`), of equal ones the first. Values are kept negated where `least`.
struct Best {
  float value;
  uint place;
};

const Best kNone = Best(-3.402823466e38, 0xFFFFFFFF);

Best Better(Best a, Best b) { return b.value > a.value || b.value == a.value && b.place < a.place ? b : a; }
float Signed(float x) { return least != 0 ? -x : x; }

shared Best bests[WG];

Best WorkgroupBest(Best mine) {
  const uint lane = gl_LocalInvocationIndex;
  bests[lane] = mine;
  barrier();
  for (uint half_of = WG / 2; half_of > 0; half_of /= 2) {
    if (lane < half_of) bests[lane] = Better(bests[lane], bests[lane + half_of]);
    barrier();
  }
  return bests[0];
}
