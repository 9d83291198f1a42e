/* Tuning inside a C program's own dispatches: several proved variants take turns until the fastest is known.
 *   adaptive_c TUNED.db [USER.db]      USER.db keeps what is found; the next start loads it */
#include "vulkan_device_c.h"

enum { kCount = 1000, kMostFrames = 2000 };

int main(int count, char** arguments) {
  if (count < 2) return 2;
  hone_library* library = open_library(arguments[1], count > 2 ? arguments[2] : NULL);

  /* An application keeps to 1 % (overhead 0); here trials may cost as much as all the rest, so that few frames do. */
  const hone_adaptive_options options = {kFamily, 1.0, 0, HONE_MATCH_MANIFEST_DEFAULT};
  hone_adaptive* axpy;
  char problem[32];
  snprintf(problem, sizeof(problem), "n=%d", kCount);
  CHECK(hone_load_adaptive(library, "axpy", problem, &options, &axpy));
  if (hone_adaptive_workspace_bytes(axpy) != 0) return 1; /* axpy has no workspace; others want a buffer of that size */

  float *x, *y;
  const hone_binding buffers[2] = {make_buffer(kCount, &x), make_buffer(kCount, &y)};
  int frame = 0, converged = 0;
  for (; frame < kMostFrames && !converged; ++frame) {
    for (int i = 0; i < kCount; ++i) x[i] = (float)i, y[i] = (float)frame;
    begin_commands(); /* anew each time: a trial is part of the commands */
    const hone_scalar a = {"a", 2.5, 0, 0};
    CHECK(hone_adaptive_record(axpy, commands, buffers, 2, &a, 1, NULL));
    submit_commands_and_wait();
    for (int i = 0; i < kCount; ++i) {
      if (y[i] != 2.5f * x[i] + (float)frame) return printf("wrong at %d in frame %d\n", i, frame), 1;
    }
    CHECK(hone_adaptive_collect(axpy, &converged)); /* never waits */
  }

  hone_pipeline* best;
  CHECK(hone_adaptive_best(axpy, &best));
  printf("right, %s after %d frames: %s; trials cost %.2g %% of the time\n", converged ? "decided" : "undecided", frame,
         hone_pipeline_explain(best), 100 * hone_adaptive_lost(axpy));
  hone_pipeline_destroy(best);
  hone_adaptive_destroy(axpy);
  hone_library_destroy(library);
  return 0;
}
