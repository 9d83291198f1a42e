// What the device takes for work recorded by the runtime, beside the same commands written by hand, and what each kind
// of command costs.
//   perf_runtime_gpu [--json]
//
// Both sides use the same VkPipelines and are timed in turn by timestamps in submissions of their own; figures are
// medians.
#include <array>

#include "runtime/context_impl.h"
#include "runtime/pipeline_impl.h"
#include "tests/perf/figures.h"
#include "tests/runtime/test_kernels.h"

namespace hone {
namespace {

constexpr int kRounds = 201;
constexpr int kChain = 10;
constexpr int kCommands = 64;  // of one kind in a row, to tell what one costs

class Benchmark {
 public:
  explicit Benchmark(const Figures& figures) : figures_(figures), impl_(context_.impl()), d_(impl_.gpu->d) {
    queries_ = impl_.gpu->device.createQueryPool({.queryType = vk::QueryType::eTimestamp, .queryCount = 2}, nullptr, d_);
    period_ns_ = context_.info().limits.at("timestampPeriod");
    figures_.Title(context_.info().name);
  }
  ~Benchmark() { impl_.gpu->device.destroyQueryPool(queries_, nullptr, d_); }

  // y = a x + y over n elements: one dispatch, and ten that wait for each other.
  void Axpy(std::int64_t n, const char* what) {
    const Pipeline axpy = context_.CreatePipeline(test::Axpy(64), {{"n", n}});
    const GpuBuffer x = context_.CreateBuffer(std::uint64_t(n) * 4), y = context_.CreateBuffer(std::uint64_t(n) * 4);
    context_.Fill(x, 0);
    context_.Fill(y, 0);
    const std::array<VkDescriptorBufferInfo, 2> infos{{{x.handle(), 0, x.bytes()}, {y.handle(), 0, y.bytes()}}};
    const auto by_hand = [&](VkCommandBuffer commands) {
      struct {
        std::uint32_t n;
        float a;
      } push{static_cast<std::uint32_t>(n), 1};
      BindPipeline(commands, axpy, 0);
      PushBuffers(commands, axpy, infos.data(), 2);
      PushConstants(commands, axpy, &push, 8);
      const auto& groups = axpy.impl().plan->steps[0].groups;
      d_.vkCmdDispatch(commands, groups[0], groups[1], groups[2]);
    };
    const auto by_hone = [&](VkCommandBuffer commands) { axpy.Record(commands, {x, y}, {{"a", 1}}); };
    Compare(std::string(what) + ", one dispatch", by_hone, by_hand);
    Compare(std::string(what) + ", ten dependent", Chain(by_hone), Chain(by_hand));
  }

  // Ten passes of one pattern, two buffers changing places: the runtime's own barriers and bindings.
  void Passes() {
    constexpr std::int64_t kCount = 1 << 16;
    const Pipeline doubling = context_.CreatePipeline(test::Doubling(), {{"n", kCount}, {"rounds", kChain}});
    const GpuBuffer a = context_.CreateBuffer(kCount * 4), b = context_.CreateBuffer(kCount * 4);
    context_.Fill(a, 0);
    context_.Fill(b, 0);
    const VkDescriptorBufferInfo first{a.handle(), 0, a.bytes()}, second{b.handle(), 0, b.bytes()};
    const std::array orders{std::array{first, second}, std::array{second, first}};
    Compare(
        "ten passes of a pattern",
        [&](VkCommandBuffer commands) {
          doubling.Record(commands, {a, b});
        },
        [&](VkCommandBuffer commands) {
          BindPipeline(commands, doubling, 0);
          for (std::uint32_t i = 0; i < kChain; ++i) {
            const std::uint32_t push[] = {kCount, i};
            if (i) Barrier(commands);
            PushBuffers(commands, doubling, orders[i % 2].data(), 2);
            PushConstants(commands, doubling, push, 8);
            d_.vkCmdDispatch(commands, kCount / 64, 1, 1);
          }
        });
  }

  // One command more in each of kCommands small dispatches: the device's and the host's time for it.
  void Costs() {
    const Pipeline one = context_.CreatePipeline(test::Axpy(64), {{"n", 64}});
    const Pipeline other = context_.CreatePipeline(test::Axpy(32), {{"n", 64}});
    const GpuBuffer x = context_.CreateBuffer(256), y = context_.CreateBuffer(256);
    context_.Fill(x, 0);
    context_.Fill(y, 0);
    const std::array<VkDescriptorBufferInfo, 2> infos{{{x.handle(), 0, 256}, {y.handle(), 0, 256}}};
    const struct {
      std::uint32_t n;
      float a;
    } push{64, 1};
    using Extra = std::function<void(VkCommandBuffer, int)>;
    const auto dispatches = [&](const Extra& extra) {
      return [&, extra](VkCommandBuffer commands) {
        BindPipeline(commands, one, 0);
        PushBuffers(commands, one, infos.data(), 2);
        PushConstants(commands, one, &push, 8);
        for (int i = 0; i < kCommands; ++i) {
          extra(commands, i);
          d_.vkCmdDispatch(commands, 1, 1, 1);
        }
      };
    };
    const Extra none = [](VkCommandBuffer, int) {};
    const auto [base_gpu, base_cpu] = Both(dispatches(none));
    figures_.Add("dispatch, device", Each(base_gpu), "ns");
    figures_.Add("dispatch, host", Each(base_cpu), "ns");
    const std::pair<const char*, Extra> kinds[] = {
        {"barrier", [&](VkCommandBuffer commands, int) { Barrier(commands); }},
        {"pipeline switch", [&](VkCommandBuffer commands, int i) { BindPipeline(commands, i % 2 ? one : other, 0); }},
        {"push descriptors", [&](VkCommandBuffer commands, int) { PushBuffers(commands, one, infos.data(), 2); }},
        {"push descriptors by template",
         [&](VkCommandBuffer commands, int) {
           const auto& layout = one.impl().layout;
           d_.vkCmdPushDescriptorSetWithTemplateKHR(commands, layout.descriptors, layout.layout, 0, infos.data());
         }},
        {"push constants", [&](VkCommandBuffer commands, int) { PushConstants(commands, one, &push, 8); }},
    };
    for (const auto& [name, extra] : kinds) {
      if (!impl_.gpu->push_descriptors && std::string_view(name).starts_with("push descriptors")) continue;
      const auto [gpu, cpu] = Both(dispatches(extra));
      figures_.Add((std::string(name) + " beside it, device").c_str(), Each(gpu, Median(base_gpu)), "ns");
      figures_.Add((std::string(name) + " beside it, host").c_str(), Each(cpu, Median(base_cpu)), "ns");
    }
  }

 private:
  using Record = std::function<void(VkCommandBuffer)>;

  Record Chain(const Record& one) const {
    return [this, one](VkCommandBuffer commands) {
      for (int i = 0; i < kChain; ++i) {
        if (i) Barrier(commands);
        one(commands);
      }
    };
  }

  void Compare(const std::string& what, const Record& hone, const Record& hand) {
    std::vector<double> hone_ns, hand_ns;
    const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds(3);  // on a slow device
    for (int i = 0; i < kRounds && (i < 25 || std::chrono::steady_clock::now() < enough); ++i) {
      hand_ns.push_back(DeviceNs(hand).first);
      hone_ns.push_back(DeviceNs(hone).first);
    }
    hone_ns.erase(hone_ns.begin(), hone_ns.begin() + 5);  // clocks and caches
    hand_ns.erase(hand_ns.begin(), hand_ns.begin() + 5);
    const double by_hone = figures_.Add((what + ", hone").c_str(), hone_ns, "ns");
    const double by_hand = figures_.Add((what + ", by hand").c_str(), hand_ns, "ns");
    figures_.Ratio((what + ", hone / by hand").c_str(), by_hone / by_hand);
  }

  std::pair<std::vector<double>, std::vector<double>> Both(const Record& record) {
    std::vector<double> device, host;
    for (int i = 0; i < kRounds; ++i) {
      const auto [device_ns, host_ns] = DeviceNs(record);
      device.push_back(device_ns);
      host.push_back(host_ns);
    }
    return {device, host};
  }

  static std::vector<double> Each(std::vector<double> all, double without = 0) {
    for (double& ns : all) ns = (ns - without) / kCommands;
    return all;
  }

  // Between two timestamps in a submission of its own; and what the host took to record it.
  std::pair<double, double> DeviceNs(const Record& record) {
    double host_ns = 0;
    impl_.Submit(std::chrono::milliseconds(10000), [&](vk::CommandBuffer commands) {
      commands.resetQueryPool(queries_, 0, 2, d_);
      commands.writeTimestamp(vk::PipelineStageFlagBits::eComputeShader, queries_, 0, d_);
      host_ns = Milliseconds([&] { record(commands); }) * 1e6;
      commands.writeTimestamp(vk::PipelineStageFlagBits::eComputeShader, queries_, 1, d_);
    });
    std::array<std::uint64_t, 2> ticks{};
    Check(impl_.gpu->device.getQueryPoolResults(queries_, 0, 2, sizeof ticks, ticks.data(), 8,
                                                vk::QueryResultFlagBits::e64 | vk::QueryResultFlagBits::eWait, d_),
          "read timestamps");
    return {double((ticks[1] - ticks[0]) & impl_.timestamp_mask) * period_ns_, host_ns};
  }

  void BindPipeline(VkCommandBuffer commands, const Pipeline& pipeline, std::size_t pass) const {
    d_.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.impl().passes[pass]->handle);
  }
  void PushBuffers(VkCommandBuffer commands, const Pipeline& pipeline, const VkDescriptorBufferInfo* infos,
                   std::uint32_t count) const {
    std::array<VkWriteDescriptorSet, 8> writes;
    for (std::uint32_t i = 0; i < count; ++i) {
      writes[i] = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, nullptr, VK_NULL_HANDLE, i,      0, 1,
                   VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,      nullptr, &infos[i],      nullptr};
    }
    d_.vkCmdPushDescriptorSetKHR(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.impl().layout.layout, 0, count,
                                 writes.data());
  }
  void PushConstants(VkCommandBuffer commands, const Pipeline& pipeline, const void* data, std::uint32_t bytes) const {
    d_.vkCmdPushConstants(commands, pipeline.impl().layout.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, bytes, data);
  }
  void Barrier(VkCommandBuffer commands) const {
    const VkMemoryBarrier barrier{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_SHADER_WRITE_BIT,
                                  VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
    d_.vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1,
                            &barrier, 0, nullptr, 0, nullptr);
  }

  const Figures& figures_;
  Context context_;
  Context::Impl& impl_;
  const Dispatch& d_;
  vk::QueryPool queries_;
  double period_ns_ = 1;
};

}  // namespace
}  // namespace hone

int main(int count, char** arguments) try {
  const hone::Figures figures(count, arguments);
  hone::Benchmark benchmark(figures);
  benchmark.Axpy(1 << 10, "axpy 2^10");
  benchmark.Axpy(1 << 22, "axpy 2^22");
  benchmark.Passes();
  benchmark.Costs();
} catch (const std::exception& error) {
  return std::fprintf(stderr, "perf_runtime_gpu: %s\n", error.what()), 1;
}
