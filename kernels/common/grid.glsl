// A linear grid is folded into x and y by whoever dispatches; this is its index again. May be at or over the count asked.
uint LinearGroup() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }
