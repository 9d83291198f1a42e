#include "tuner/arena.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tuner/contract.h"
#include "tuner/fill.h"
#include "tuner/reference.h"

namespace hone {
namespace {

constexpr std::uint64_t kChunkBytes = 4u << 20;  // a multiple of every element's size
constexpr std::uint64_t kMostKept = 128u << 20;
constexpr std::uint64_t kSampleAbove = 64u << 20, kSampleEvery = 8;
constexpr std::size_t kMaxSets = 64;

std::uint64_t RoundUp(std::uint64_t value, std::uint64_t step) { return (value + step - 1) / step * step; }

}  // namespace

Arena::Arena(Context& context, std::shared_ptr<const Kernel> kernel, const Values& problem, std::uint64_t seed)
    : context_(context), kernel_(std::move(kernel)), problem_(problem), seed_(seed) {
  for (const Buffer& buffer : kernel_->buffers) {
    Slot slot;
    slot.description = &buffer;
    slot.type = ElementTypeFromGlsl(GlslTypeOf(*kernel_, buffer, problem_));
    slot.count = LengthOf(buffer, problem_);
    slot.bytes = slot.count * BytesOf(slot.type);
    slot.memory = context_.CreateBuffer(RoundUp(slot.bytes + kCanaryBytes, 4));
    slots_.push_back(std::move(slot));
  }
}

std::uint64_t Arena::bytes() const {
  std::uint64_t sum = 0;
  for (const Slot& slot : slots_) sum += slot.bytes;
  return sum;
}

bool Arena::reads_outputs() const {
  return std::ranges::any_of(slots_, [](const Slot& slot) { return slot.description->access == Access::kReadWrite; });
}

void Arena::FillSlot(Slot& slot, const GpuBuffer& memory) {
  const std::uint64_t seed = SeedOf(seed_, slot.description->name);
  const bool keep = slot.description->access == Access::kReadWrite && slot.bytes <= kMostKept;
  if (keep && slot.contents.empty() && slot.bytes > 0) {
    slot.contents.resize(slot.bytes);
    FillElements(slot.type, slot.description->fill, seed, 0, slot.contents);
  }
  if (keep && slot.bytes > 0) return context_.Upload(memory, slot.contents.data(), slot.bytes);
  std::vector<std::byte> chunk(std::min(slot.bytes, kChunkBytes * 4));
  for (std::uint64_t done = 0; done < slot.bytes; done += chunk.size()) {
    const std::uint64_t size = std::min<std::uint64_t>(chunk.size(), slot.bytes - done);
    FillElements(slot.type, slot.description->fill, seed, done / BytesOf(slot.type), std::span(chunk).first(size));
    context_.Upload(memory, chunk.data(), size, done);
  }
}

void Arena::PoisonCanary(const Slot& slot, std::uint8_t poison) {
  context_.Fill(slot.memory, poison, slot.bytes, slot.memory.bytes() - slot.bytes);
}

void Arena::Prepare(std::uint8_t poison) {
  poison_ = poison;
  for (Slot& slot : slots_) {
    const Access access = slot.description->access;
    if (access == Access::kWrite) {
      context_.Fill(slot.memory, poison);
      continue;
    }
    if (access == Access::kReadWrite || !inputs_fresh_) FillSlot(slot, slot.memory);
    PoisonCanary(slot, poison);
  }
  inputs_fresh_ = true;
}

void Arena::Touch(const Binary& binary) {
  for (const auto& module : binary.modules)
    for (const ModuleInterface::Binding& binding : module->interface.bindings)
      if (binding.writes && binding.binding < slots_.size() && slots_[binding.binding].description->access == Access::kRead)
        inputs_fresh_ = false;
}

void Arena::MakeReference(const Binary* glsl, std::chrono::milliseconds timeout) {
  if (glsl) {
    const Pipeline pipeline = context_.CreatePipeline(*glsl, problem_);
    Prepare(0);
    context_.Run(pipeline, Bindings(), TestScalars(*kernel_), Workspace(pipeline.WorkspaceBytes(), 0), timeout);
    for (Slot& slot : slots_) {
      if (slot.description->access == Access::kRead) continue;
      slot.expected_type = slot.type;
      slot.expected.resize(slot.bytes);
      if (slot.bytes > 0) context_.Download(slot.memory, slot.expected.data(), slot.bytes);
    }
  } else {
    ReferenceInCpp();
  }
  inputs_fresh_ = false;
  has_reference_ = true;
}

void Arena::ReferenceInCpp() {
  const Reference reference = FindReference(kernel_->reference_cpp);
  std::vector<std::vector<double>> values;
  for (const Slot& slot : slots_) {
    values.emplace_back(slot.count);
    if (slot.description->access == Access::kWrite) continue;
    std::vector<std::byte> raw(slot.bytes);
    FillElements(slot.type, slot.description->fill, SeedOf(seed_, slot.description->name), 0, raw);
    ToDoubles(slot.type, raw, values.back());
  }
  std::map<std::string, double> scalars;
  for (const PushConstant& push : kernel_->push_constants)
    if (push.value.empty()) scalars[push.name] = push.test;
  reference({problem_, scalars, values});
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.description->access == Access::kRead) continue;
    if (values[i].size() != slot.count)
      throw Error(fmt::format("{}: the reference 'cpp:{}' gives {} elements of '{}', the manifest says {}", kernel_->name,
                              kernel_->reference_cpp, values[i].size(), slot.description->name, slot.count));
    // Rounded to the buffer's own type when that is exact or integer; in double for the float types.
    slot.expected_type = IsFloat(slot.type) ? ElementType::kDouble : slot.type;
    slot.expected.resize(slot.count * BytesOf(slot.expected_type));
    FromDoubles(slot.expected_type, values[i], slot.expected);
    values[i] = {};
  }
}

std::optional<std::string> Arena::VerifyCanary(const std::string& name, const GpuBuffer& memory, std::uint64_t from) {
  std::vector<std::uint8_t> canary(memory.bytes() - from);
  context_.Download(memory, canary.data(), canary.size(), from);
  const std::uint8_t poison = &memory == &workspace_ ? workspace_poison_ : poison_;
  const auto bad = std::ranges::find_if(canary, [&](std::uint8_t byte) { return byte != poison; });
  if (bad == canary.end()) return std::nullopt;
  return fmt::format("'{}': written past its end, {} bytes behind", name, bad - canary.begin());
}

std::optional<std::string> Arena::VerifyOutput(const Slot& slot, bool sample) {
  const Tolerance tolerance = ToleranceFor(*kernel_, *slot.description, GlslTypeOf(*kernel_, *slot.description, problem_));
  Comparison comparison(slot.description->name, slot.type, slot.expected_type, tolerance, poison_ * 0x01010101u);
  const std::uint64_t element = BytesOf(slot.type), expected = BytesOf(slot.expected_type);
  std::vector<std::byte> chunk(std::min(slot.bytes, kChunkBytes));
  const std::uint64_t step = sample && slot.bytes > kSampleAbove ? kSampleEvery * chunk.size() : chunk.size();
  for (std::uint64_t done = 0; done < slot.bytes; done += step) {
    if (step > chunk.size() && done + step >= slot.bytes) done = slot.bytes - chunk.size();  // the end, always
    const std::uint64_t size = std::min<std::uint64_t>(chunk.size(), slot.bytes - done);
    context_.Download(slot.memory, chunk.data(), size, done);
    comparison.Add(done / element, std::span(chunk).first(size),
                   std::span(slot.expected).subspan(done / element * expected, size / element * expected));
  }
  return comparison.Finish();
}

std::optional<std::string> Arena::Verify(bool sample) {
  for (const Slot& slot : slots_) {
    if (auto wrong = VerifyCanary(slot.description->name, slot.memory, slot.bytes)) return wrong;
    if (slot.description->access == Access::kRead || !has_reference_) continue;
    if (auto wrong = VerifyOutput(slot, sample)) return wrong;
  }
  if (workspace_ && workspace_bytes_ > 0) return VerifyCanary("workspace", workspace_, workspace_bytes_);
  return std::nullopt;
}

std::vector<Binding> Arena::Bindings() const {
  std::vector<Binding> bindings;
  for (const Slot& slot : slots_) bindings.push_back(slot.memory);
  return bindings;
}

Binding Arena::Workspace(std::uint64_t bytes, std::optional<std::uint8_t> poison) {
  workspace_bytes_ = bytes;
  if (bytes == 0) return {};
  const bool fits = workspace_ && workspace_.bytes() >= bytes + kCanaryBytes;
  if (!fits) workspace_ = context_.CreateBuffer(RoundUp(bytes + kCanaryBytes, 4));
  if (!fits || poison) {
    workspace_poison_ = poison.value_or(poison_);
    context_.Fill(workspace_, workspace_poison_);
  }
  return workspace_;
}

std::vector<BindingSet> Arena::RotatingSets(std::uint64_t beyond_bytes, std::uint64_t workspace_bytes) {
  const std::uint64_t each = std::max<std::uint64_t>(bytes(), 1);
  const std::uint64_t room = context_.FreeDeviceBytes() / 2 / each;
  const std::size_t sets = std::clamp<std::uint64_t>(std::min(beyond_bytes / each + 1, room), 1, kMaxSets);
  const Binding workspace = workspace_ ? Binding(workspace_) : Workspace(workspace_bytes, kPoisons[0]);
  std::vector<BindingSet> result{{Bindings(), workspace}};
  while (rotated_sets_.size() + 1 < sets) {
    BindingSet set;
    for (Slot& slot : slots_) {
      rotated_.push_back(context_.CreateBuffer(slot.memory.bytes()));
      if (slot.description->access != Access::kWrite) FillSlot(slot, rotated_.back());
      set.buffers.push_back(rotated_.back());
    }
    rotated_sets_.push_back(set);
  }
  for (BindingSet& set : rotated_sets_) {
    set.workspace = workspace;
    result.push_back(set);
  }
  return result;
}

}  // namespace hone
