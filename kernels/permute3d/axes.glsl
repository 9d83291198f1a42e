// The axes of the input, 0 to 2, and how far apart neighbours along them lie. Needs the push constants n0, n1, n2, p0, p1, p2.
uint Size(uint axis) { return axis == 0 ? n0 : axis == 1 ? n1 : n2; }
uint InStride(uint axis) { return axis == 0 ? n1 * n2 : axis == 1 ? n2 : 1; }
uint OutStride(uint axis) { return axis == p2 ? 1 : axis == p1 ? Size(p2) : Size(p1) * Size(p2); }
