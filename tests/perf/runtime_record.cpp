// What Pipeline::Record costs on the CPU beside the same commands written by hand.
//   perf_runtime_record [--json]
//
// by hand:            vkCmd* from numbers that are known, descriptors by vkCmdPushDescriptorSetKHR;
// by hand, template:  the same by vkCmdPushDescriptorSetWithTemplateKHR;
// Record:             what hone does, over the faster of both;
// its own part:       Record where every vkCmd* returns at once.
// Units: nanoseconds a call, of kPerBuffer calls into one command buffer. Each round fills one by every way, in random
// order, so that all meet the same machine.
#include <array>
#include <numeric>
#include <random>

#include "runtime/context_impl.h"
#include "runtime/instance.h"
#include "runtime/pipeline_impl.h"
#include "tests/perf/figures.h"
#include "tests/runtime/test_kernels.h"

namespace hone {
namespace {

constexpr int kPerBuffer = 256;  // calls between two resets of the command buffer
constexpr int kRounds = 201;
constexpr std::int64_t kCount = 4096;

struct Way {
  std::string what;
  std::function<void()> call;
  std::vector<double> ns = {};
};

// One context, its buffers, and a command buffer of our own.
class Bench {
 public:
  explicit Bench(const Figures& figures) : figures_(figures) {
    if (!context_.impl().gpu->push_descriptors) throw Error("this device has no VK_KHR_push_descriptor");
    device_ = context_.device();
    pool_ = device_.createCommandPool(
        {.flags = vk::CommandPoolCreateFlagBits::eResetCommandBuffer, .queueFamilyIndex = context_.queue_family()}, nullptr,
        d_);
    commands_ = device_.allocateCommandBuffers({.commandPool = pool_, .commandBufferCount = 1}, d_).front();
    figures_.Title("on " + context_.info().name + ", " + std::to_string(kRounds) + " rounds of " + std::to_string(kPerBuffer));
  }
  ~Bench() { device_.destroyCommandPool(pool_, nullptr, d_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void Axpy() {
    Compare("axpy", {[&] { AxpyByHand(false); }, [&] { AxpyByHand(true); }, [&] { AxpyByHone(); }});
  }
  // Two passes, a workspace.
  void Sum() {
    Compare("sum", {[&] { SumByHand(false); }, [&] { SumByHand(true); },
                    [&] {
                      sum_.Record(commands_, {x_, y_}, {}, workspace_);
                    }});
  }
  // Ten dispatches, each of which reads what the one before wrote.
  void Ten() {
    const auto ten = [&](auto dispatch) {
      return [this, dispatch] {
        for (int i = 0; i < 10; ++i) {
          if (i) Barrier();
          dispatch();
        }
      };
    };
    Compare("ten axpy", {ten([&] { AxpyByHand(false); }), ten([&] { AxpyByHand(true); }), ten([&] { AxpyByHone(); })});
  }

 private:
  using Calls = std::array<std::function<void()>, 3>;  // by hand, by hand with a template, Record

  void Compare(const std::string& name, const Calls& calls) {
    std::vector<Way> ways{{name + ", by hand", calls[0]},
                          {name + ", by hand, template", calls[1]},
                          {name + ", Record", calls[2]},
                          {name + ", Record, its own part", calls[2]}};
    std::vector<std::size_t> order(ways.size());
    std::iota(order.begin(), order.end(), 0);
    for (int round = 0; round < kRounds; ++round) {
      std::shuffle(order.begin(), order.end(), random_);
      for (const std::size_t i : order) ways[i].ns.push_back(i == 3 ? WithoutDriver(ways[i].call) : Fill(ways[i].call));
    }
    std::vector<double> medians;
    for (const Way& way : ways) medians.push_back(figures_.Add(way.what.c_str(), way.ns, "ns"));
    figures_.Ratio((name + ": Record / by hand").c_str(), medians[2] / std::min(medians[0], medians[1]));
  }

  // Nanoseconds a call.
  double Fill(const std::function<void()>& call) {
    commands_.reset({}, d_);
    commands_.begin(vk::CommandBufferBeginInfo{}, d_);
    const double ms = Milliseconds([&] {
      for (int i = 0; i < kPerBuffer; ++i) call();
    });
    commands_.end(d_);
    return ms * 1e6 / kPerBuffer;
  }

  double WithoutDriver(const std::function<void()>& call) {
    const Dispatch kept = d_;
    d_.vkCmdBindPipeline = [](auto...) {};
    d_.vkCmdPushDescriptorSetWithTemplateKHR = [](auto...) {};
    d_.vkCmdPushConstants = [](auto...) {};
    d_.vkCmdPipelineBarrier = [](auto...) {};
    d_.vkCmdDispatch = [](auto...) {};
    const double ns = Fill(call);
    d_ = kept;
    return ns;
  }

  // The commands of one dispatch, as one writes them by hand.
  void Commands(const Pipeline& pipeline, std::size_t pass, const void* push, std::uint32_t push_bytes, std::uint32_t groups) {
    const VkCommandBuffer raw = commands_;
    const auto& impl = pipeline.impl();
    d_.vkCmdBindPipeline(raw, VK_PIPELINE_BIND_POINT_COMPUTE, impl.passes[pass]->handle);
    d_.vkCmdPushConstants(raw, impl.layout.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, push_bytes, push);
    d_.vkCmdDispatch(raw, groups, 1, 1);
  }
  void Descriptors(const Pipeline& pipeline, const std::vector<VkDescriptorBufferInfo>& infos, bool by_template) {
    const PipelineLayout& layout = pipeline.impl().layout;
    if (by_template) {
      d_.vkCmdPushDescriptorSetWithTemplateKHR(commands_, layout.descriptors, layout.layout, 0, infos.data());
      return;
    }
    VkWriteDescriptorSet writes[8];
    const auto count = static_cast<std::uint32_t>(infos.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      writes[i] = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, nullptr, VK_NULL_HANDLE, i,      0, 1,
                   VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,      nullptr, &infos[i],      nullptr};
    }
    d_.vkCmdPushDescriptorSetKHR(commands_, VK_PIPELINE_BIND_POINT_COMPUTE, layout.layout, 0, count, writes);
  }
  void Barrier() {
    const VkMemoryBarrier barrier{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_SHADER_WRITE_BIT,
                                  VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
    d_.vkCmdPipelineBarrier(commands_, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1,
                            &barrier, 0, nullptr, 0, nullptr);
  }

  void AxpyByHand(bool by_template) {
    Descriptors(axpy_, axpy_infos_, by_template);
    Commands(axpy_, 0, &axpy_push_, sizeof(axpy_push_), 64);
  }
  void AxpyByHone() { axpy_.Record(commands_, {x_, y_}, {{"a", 2.5f}}); }
  void SumByHand(bool by_template) {
    Descriptors(sum_, sum_infos_, by_template);
    Commands(sum_, 0, &sum_push_[0], 4, 64);
    Barrier();
    Commands(sum_, 1, &sum_push_[1], 4, 1);
  }

  const Figures& figures_;
  Context context_;
  hone::Dispatch& d_ = context_.impl().gpu->d;
  GpuBuffer x_memory_ = context_.CreateBuffer(kCount * 4), y_memory_ = context_.CreateBuffer(kCount * 4),
            workspace_memory_ = context_.CreateBuffer(4096);
  const Binding x_ = x_memory_, y_ = y_memory_, workspace_ = workspace_memory_;
  const Pipeline axpy_ = context_.CreatePipeline(test::Axpy(), {{"n", kCount}});
  const Pipeline sum_ = context_.CreatePipeline(test::Sum(), {{"n", kCount}});
  const std::vector<VkDescriptorBufferInfo> axpy_infos_{{x_.buffer, 0, 16384}, {y_.buffer, 0, 16384}};
  const std::vector<VkDescriptorBufferInfo> sum_infos_{{x_.buffer, 0, 16384}, {y_.buffer, 0, 4}, {workspace_.buffer, 0, 256}};
  const struct {
    std::uint32_t n = kCount;
    float a = 2.5f;
  } axpy_push_;
  const std::array<std::uint32_t, 2> sum_push_{kCount, 64};
  vk::Device device_;
  vk::CommandPool pool_;
  vk::CommandBuffer commands_;
  std::mt19937 random_;
};

}  // namespace
}  // namespace hone

int main(int count, char** arguments) try {
  const hone::Figures figures(count, arguments);
  hone::Bench bench(figures);
  bench.Axpy();
  bench.Sum();
  bench.Ten();
} catch (const std::exception& error) {
  return std::fprintf(stderr, "perf_runtime_record: %s\n", error.what()), 1;
}
