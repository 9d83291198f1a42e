// What a start asks of the driver: what one writes by hand, and nothing else.
#include <gtest/gtest.h>

#include <algorithm>

#include "db/pack.h"
#include "runtime/instance.h"
#include "runtime/library.h"
#include "tests/runtime/silent_driver.h"
#include "tests/runtime/test_database.h"

namespace hone {
namespace {

using Calls = std::vector<std::string>;

class DriverCalls : public ::testing::Test {
 protected:
  DriverCalls() {
    Dispatch d;
    d.vkGetInstanceProcAddr = &test::silent::FindOfInstance;
    d.InitForPipelines(device_.instance, device_.device);
    database_.Measure(InfoOf(DeviceProperties(d, device_.physical_device)), 1000, 128, 10);
    Pack(database_.path(), packed_);
  }
  Calls TakeCalls() {
    Calls calls(test::silent::calls.begin(), test::silent::calls.end());
    test::silent::calls.clear();
    return calls;
  }

  test::Database database_;
  DeviceHandles device_ = test::silent::Handles();
  std::string packed_ = database_.path() + ".packed", user_ = database_.path() + ".user";
};

TEST_F(DriverCalls, OfASecondStartAreThoseByHand) {
  Library(packed_, device_, {.user_database = user_}).Load("axpy", {{"n", 1000}});
  TakeCalls();
  {
    const Library library(packed_, device_, {.user_database = user_});
    EXPECT_EQ(TakeCalls(), (Calls{"vkGetPhysicalDeviceProperties", "vkGetPhysicalDeviceProperties2",
                                  "vkGetPhysicalDeviceMemoryProperties"}));
    const Pipeline axpy = library.Load("axpy", {{"n", 1000}});
    EXPECT_EQ(TakeCalls(), (Calls{"vkCreateDescriptorSetLayout", "vkCreatePipelineLayout", "vkCreateDescriptorUpdateTemplate",
                                  "vkCreatePipelineCache", "vkCreateShaderModule", "vkCreateComputePipelines",
                                  "vkDestroyShaderModule", "vkDestroyPipelineCache"}));
    const Pipeline again = library.Load("axpy", {{"n", 1000}});
    EXPECT_EQ(TakeCalls(), Calls{});
    const Binding buffer{test::silent::Buffer(), 0, 4000}, other{test::silent::Buffer(), 4096, 4000};
    axpy.Record(test::silent::Commands(), {buffer, other}, {{"a", 1}});
    EXPECT_EQ(TakeCalls(),
              (Calls{"vkCmdBindPipeline", "vkCmdPushDescriptorSetWithTemplateKHR", "vkCmdPushConstants", "vkCmdDispatch"}));
  }
  EXPECT_EQ(TakeCalls(), (Calls{"vkDestroyPipeline", "vkDestroyDescriptorUpdateTemplate", "vkDestroyPipelineLayout",
                                "vkDestroyDescriptorSetLayout"}));
}

TEST_F(DriverCalls, OfAFirstStartKeepWhatTheDriverMade) {
  Library(packed_, device_, {.user_database = user_}).Load("axpy", {{"n", 1000}});
  const Calls calls = TakeCalls();
  EXPECT_EQ(std::ranges::count(calls, "vkCreateComputePipelines"), 1);
  EXPECT_EQ(std::ranges::count(calls, "vkGetPipelineCacheData"), 2) << "its size, then itself";
}

}  // namespace
}  // namespace hone
