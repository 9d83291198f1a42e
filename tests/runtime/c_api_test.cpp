// The C interface, function by function; tests/embed builds a C program with it.
#include <gtest/gtest.h>

#include <fstream>

#include "runtime/context.h"
#include "runtime/hone.h"
#include "tests/runtime/own_device.h"
#include "tests/runtime/test_database.h"

namespace hone {
namespace {

hone_binding CBinding(const Binding& binding) { return {binding.buffer, binding.offset, binding.bytes}; }

class CApiTest : public ::testing::Test {
 protected:
  CApiTest() {
    for (const int wg : {32, 64, 128}) database_.Measure(EnumerateDevices().at(0), 1000, wg, wg);
  }
  test::Database database_;
  const hone_scalar a_{.name = "a", .value = 2, .integer = 0, .is_integer = 0};
};

TEST_F(CApiTest, AdaptiveConvergesAndIsKept) {
  const std::string user = database_.path() + ".user";
  test::OwnDevice own(database_.path());
  const DeviceHandles handles = own.handles();
  const hone_device device{.instance = handles.instance,
                           .physical_device = handles.physical_device,
                           .device = handles.device,
                           .created_with = handles.created_with,
                           .get_instance_proc_addr = nullptr};
  hone_library* library = nullptr;
  ASSERT_EQ(hone_library_open_with(database_.path().c_str(), &device, user.c_str(), &library), HONE_OK) << hone_last_error();
  const hone_wanted wanted[] = {{"axpy", "n=1000"}, {"axpy", "n=77"}};
  EXPECT_EQ(hone_prewarm(library, wanted, 2, 2), HONE_OK) << hone_last_error();
  const hone_wanted unknown{"axpi", "n=1"};
  EXPECT_EQ(hone_prewarm(library, &unknown, 1, 0), HONE_ERROR);

  const hone_adaptive_options options{
      .queue_family = own.family(), .overhead = 1000, .candidates = 0, .worst = HONE_MATCH_MANIFEST_DEFAULT};
  hone_adaptive* axpy = nullptr;
  EXPECT_EQ(hone_load_adaptive(library, "axpy", "n=1000", nullptr, &axpy), HONE_ERROR);
  EXPECT_STREQ(hone_last_error(), "options is NULL");
  ASSERT_EQ(hone_load_adaptive(library, "axpy", "n=1000", &options, &axpy), HONE_OK) << hone_last_error();
  EXPECT_EQ(hone_adaptive_workspace_bytes(axpy), 0u);
  auto [x, px] = own.Buffer<float>(1000);
  auto [y, py] = own.Buffer<float>(1000);
  const hone_binding buffers[] = {CBinding(x), CBinding(y)};
  int converged = 0;
  for (int i = 0; i < 5000 && !converged; ++i) {
    std::fill_n(px, 1000, float(i));
    std::fill_n(py, 1000, 1.0f);
    auto commands = own.Begin();
    ASSERT_EQ(hone_adaptive_record(axpy, commands, buffers, 2, &a_, 1, nullptr), HONE_OK) << hone_last_error();
    EXPECT_EQ(hone_adaptive_record(axpy, commands, buffers, 1, &a_, 1, nullptr), HONE_ERROR);
    own.Finish(commands);
    ASSERT_EQ(py[999], 2 * float(i) + 1);
    ASSERT_EQ(hone_adaptive_collect(axpy, &converged), HONE_OK) << hone_last_error();
  }
  EXPECT_TRUE(converged);
  EXPECT_GE(hone_adaptive_lost(axpy), 0);
  hone_pipeline *best = nullptr, *again = nullptr;
  ASSERT_EQ(hone_adaptive_best(axpy, &best), HONE_OK) << hone_last_error();
  const std::string found = hone_pipeline_explain(best);
  hone_adaptive_destroy(axpy);
  hone_pipeline_destroy(best);
  hone_library_destroy(library);

  ASSERT_EQ(hone_library_open_with(database_.path().c_str(), &device, user.c_str(), &library), HONE_OK) << hone_last_error();
  ASSERT_EQ(hone_load(library, "axpy", "n=1000", HONE_MATCH_EXACT, &again), HONE_OK) << hone_last_error();
  const std::string kept = hone_pipeline_explain(again);
  EXPECT_NE(kept.find("measured in this application"), std::string::npos) << kept;
  EXPECT_EQ(kept.substr(0, kept.find(':')), found.substr(0, found.find(':')));
  hone_pipeline_destroy(again);
  hone_library_destroy(library);
}

TEST_F(CApiTest, AContextSubmitsAndWaits) {
  hone_context* context = nullptr;
  hone_library* library = nullptr;
  hone_pipeline* axpy = nullptr;
  hone_buffer *x = nullptr, *y = nullptr;
  hone_ticket* ticket = nullptr;
  ASSERT_EQ(hone_context_create(nullptr, &context), HONE_OK) << hone_last_error();
  ASSERT_EQ(hone_library_open_on_context(database_.path().c_str(), context, &library), HONE_OK) << hone_last_error();
  ASSERT_EQ(hone_load(library, "axpy", "n=1000", HONE_MATCH_MANIFEST_DEFAULT, &axpy), HONE_OK) << hone_last_error();
  EXPECT_EQ(hone_pipeline_buffer_bytes(axpy, 1), 4000u);
  EXPECT_EQ(hone_pipeline_buffer_bytes(axpy, 2), 0u);
  ASSERT_EQ(hone_buffer_create(context, 4000, &x), HONE_OK);
  ASSERT_EQ(hone_buffer_create(context, 4000, &y), HONE_OK);
  const std::vector<float> ones(1000, 1.0f);
  std::vector<float> result(1000);
  ASSERT_EQ(hone_buffer_upload(context, x, ones.data(), 4000, 0), HONE_OK);
  ASSERT_EQ(hone_buffer_fill(context, y, 0), HONE_OK);
  const hone_binding buffers[] = {hone_buffer_binding(x), hone_buffer_binding(y)};
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(hone_submit(context, axpy, buffers, 2, &a_, 1, &ticket), HONE_OK) << hone_last_error();
    ASSERT_EQ(hone_ticket_wait(ticket, 10000), HONE_OK) << hone_last_error();
    hone_ticket_destroy(ticket);
  }
  EXPECT_EQ(hone_submit(context, axpy, buffers, 1, &a_, 1, &ticket), HONE_ERROR);
  ASSERT_EQ(hone_buffer_download(context, y, result.data(), 4000, 0), HONE_OK);
  EXPECT_EQ(result[999], 6);
  hone_buffer_destroy(x);
  hone_buffer_destroy(y);
  hone_pipeline_destroy(axpy);
  hone_library_destroy(library);
  hone_context_destroy(context);
}

}  // namespace
}  // namespace hone
