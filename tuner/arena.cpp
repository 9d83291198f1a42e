#include "tuner/arena.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "tuner/clock.h"
#include "tuner/contract.h"
#include "tuner/fill.h"
#include "tuner/reference.h"

namespace hone {
namespace {

constexpr std::uint64_t kChunkBytes = 4u << 20;         // a multiple of every element's size
constexpr std::uint64_t kFillBytes = kChunkBytes * 16;  // so that many threads have their share
constexpr std::uint64_t kSampleAbove = 64u << 20, kSampleEvery = 8;
constexpr std::uint64_t kVerdictAlignment = 256;  // the greatest minStorageBufferOffsetAlignment that Vulkan allows
constexpr std::size_t kMaxSets = 64;
constexpr auto kPrepareTimeout = std::chrono::milliseconds(60000);

// What RecordPoison copies from: each poison, and the zeros that a reference starts from.
constexpr std::uint8_t kPoisonTable[] = {0xff, 0xff, 0xff, 0xff, 0x5a, 0x5a, 0x5a, 0x5a, 0, 0, 0, 0};

std::uint64_t RoundUp(std::uint64_t value, std::uint64_t step) { return (value + step - 1) / step * step; }

}  // namespace

Arena::Arena(Context& context, const ArenaHelp& help, std::shared_ptr<const Kernel> kernel, const Values& problem,
             std::uint64_t seed)
    : context_(context),
      help_(help),
      kernel_(std::move(kernel)),
      problem_(problem),
      seed_(seed),
      poisons_(context.CreateBuffer(sizeof kPoisonTable)) {
  context_.Upload(poisons_, kPoisonTable, sizeof kPoisonTable);
  for (const Buffer& buffer : kernel_->buffers) {
    const std::string glsl = GlslTypeOf(*kernel_, buffer, problem_);
    Slot slot;
    slot.description = &buffer;
    slot.type = slot.expected_type = ElementTypeFromGlsl(glsl);
    slot.count = LengthOf(buffer, problem_);
    slot.bytes = slot.count * BytesOf(slot.type);
    slot.memory = context_.CreateBuffer(RoundUp(slot.bytes + kCanaryBytes, 4));
    slot.tolerance = ToleranceFor(*kernel_, buffer, glsl);
    slots_.push_back(std::move(slot));
  }
}

bool Arena::IsOf(const Kernel& kernel, const Values& problem) const {
  return problem_ == problem && kernel_->name == kernel.name && kernel_->source_hash == kernel.source_hash;
}

std::uint64_t Arena::bytes() const {
  std::uint64_t sum = 0;
  for (const Slot& slot : slots_) sum += slot.bytes;
  return sum;
}

bool Arena::reads_outputs() const {
  return std::ranges::any_of(slots_, [](const Slot& slot) { return slot.description->access == Access::kReadWrite; });
}

// --- what the buffers are filled with, and what is expected of them ---

// Half of what is free stays free, for workspaces and rotating buffers.
GpuBuffer Arena::KeepOnDevice(std::uint64_t bytes) {
  if (context_.FreeDeviceBytes() / 2 < bytes) return {};
  try {
    return context_.CreateBuffer(RoundUp(bytes, 4));
  } catch (const DeviceError&) {
    return {};
  }
}

void Arena::FillInput(const Slot& slot, const GpuBuffer& memory) {
  const std::uint64_t seed = SeedOf(seed_, slot.description->name);
  if (help_.fill && help_.fill->Fill(slot.type, slot.description->fill, seed, memory, slot.bytes)) return;
  std::vector<std::byte> chunk(std::min(slot.bytes, kFillBytes));
  for (std::uint64_t done = 0; done < slot.bytes; done += chunk.size()) {
    const std::uint64_t size = std::min<std::uint64_t>(chunk.size(), slot.bytes - done);
    FillElements(slot.type, slot.description->fill, seed, done / BytesOf(slot.type), std::span(chunk).first(size));
    context_.Upload(memory, chunk.data(), size, done);
  }
}

// Read-write inputs first: they are restored before every run, the others after a variant that went wrong.
void Arena::KeepInputs() {
  for (const Access access : {Access::kReadWrite, Access::kRead})
    for (Slot& slot : slots_)
      if (slot.description->access == access) slot.pristine = KeepOnDevice(slot.bytes);
  context_.Run(
      [&](CommandRecorder& commands) {
        for (const Slot& slot : slots_)
          if (slot.pristine) commands.Copy(slot.memory, 0, slot.pristine, 0, slot.bytes);
      },
      kPrepareTimeout);
}

bool Arena::CompareOnDevice(const Slot& slot) const {
  return help_.compare && DeviceCompare::Serves(slot.type, slot.expected_type, slot.tolerance);
}

void Arena::FillInputs() {
  const Stopwatch making(made_ms_);
  for (const Slot& slot : slots_)
    if (slot.is_input()) FillInput(slot, slot.memory);
  inputs_fresh_ = true;
}

void Arena::MakeReference(const Binary* glsl, std::chrono::milliseconds timeout) {
  const Stopwatch making(made_ms_);
  has_reference_ = glsl || !kernel_->reference_cpp.empty();
  if (!has_reference_) return KeepInputs();
  if (!glsl) ReferenceInCpp();
  for (Slot& slot : slots_)
    if (slot.is_output() && CompareOnDevice(slot))
      slot.expected_on_device = KeepOnDevice(slot.count * BytesOf(slot.expected_type));
  KeepInputs();
  if (glsl) ReferenceOnDevice(*glsl, timeout);
  for (Slot& slot : slots_) {
    if (!slot.expected_on_device || slot.expected.empty()) continue;
    context_.Upload(slot.expected_on_device, slot.expected.data(), slot.expected.size());
    slot.expected = {};
  }
  MakeReport();
}

void Arena::ReferenceOnDevice(const Binary& glsl, std::chrono::milliseconds timeout) {
  const Pipeline pipeline = context_.CreatePipeline(glsl, problem_);
  const Binding workspace = Workspace(pipeline.WorkspaceBytes());
  context_.Run(
      [&](CommandRecorder& commands) {
        RecordPrepare(commands, 0, false);
        commands.Dispatch(pipeline, Bindings(), TestScalars(*kernel_), workspace);
        for (const Slot& slot : slots_)
          if (slot.expected_on_device) commands.Copy(slot.memory, 0, slot.expected_on_device, 0, slot.bytes);
      },
      timeout);
  for (Slot& slot : slots_) {
    if (!slot.is_output() || slot.expected_on_device) continue;
    slot.expected.resize(slot.bytes);
    context_.Download(slot.memory, slot.expected.data(), slot.bytes);
  }
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
  try {
    reference({problem_, scalars, values});
  } catch (const Error& error) {
    throw Error(fmt::format("{}: cpp:{}: {}", kernel_->name, kernel_->reference_cpp, error.what()));
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (!slot.is_output()) continue;
    if (values[i].size() != slot.count)
      throw Error(fmt::format("{}: the reference 'cpp:{}' gives {} elements of '{}', the manifest says {}", kernel_->name,
                              kernel_->reference_cpp, values[i].size(), slot.description->name, slot.count));
    Keep(slot, values[i]);
    values[i] = {};
  }
}

// In the buffer's own type where that loses nothing, in double otherwise.
void Arena::Keep(Slot& slot, std::span<const double> values) {
  slot.expected_type = slot.type;
  slot.expected.resize(slot.bytes);
  FromDoubles(slot.type, values, slot.expected);
  if (!IsFloat(slot.type)) return;
  std::vector<double> back(values.size());
  ToDoubles(slot.type, slot.expected, back);
  if (std::memcmp(back.data(), values.data(), values.size_bytes()) == 0) return;
  slot.expected_type = ElementType::kDouble;
  const auto raw = std::as_bytes(values);
  slot.expected.assign(raw.begin(), raw.end());
}

// --- one check ---

void Arena::MakeReport() {
  report_ = {};
  for (Slot& slot : slots_) {
    report_.canary_bytes += slot.memory.bytes() - slot.bytes;
    if (!slot.expected_on_device) continue;
    slot.verdict_at = report_.verdict_bytes;
    report_.verdict_bytes += RoundUp(help_.compare->VerdictBytes(ComparandsOf(slot)), kVerdictAlignment);
  }
  report_.canary_bytes += kCanaryBytes;  // of the workspace
  report_.verdicts = context_.CreateBuffer(report_.verdict_bytes);
  report_.copy = context_.CreateBuffer(report_.canary_bytes + report_.verdict_bytes, MemoryKind::kDownload);
}

Comparands Arena::ComparandsOf(const Slot& slot) const {
  return {slot.memory, slot.expected_on_device, slot.count, slot.type, slot.expected_type, slot.tolerance};
}

void Arena::FillWhatIsNotKept() {
  for (const Slot& slot : slots_)
    if (slot.is_input() && !slot.pristine && (slot.is_output() || !inputs_fresh_)) FillInput(slot, slot.memory);
}

void Arena::RecordPoison(CommandRecorder& commands, const GpuBuffer& memory, std::uint64_t from) {
  const std::uint64_t whole = RoundUp(from, 4);
  const auto entry = std::ranges::find(kPoisonTable, poison_) - std::begin(kPoisonTable);
  commands.Copy(poisons_, static_cast<std::uint64_t>(entry), memory, from, whole - from);
  commands.Fill(memory, poison_, whole, memory.bytes() - whole);
}

void Arena::RecordPrepare(CommandRecorder& commands, std::uint8_t poison, bool keep_workspace) {
  poison_ = poison;
  for (const Slot& slot : slots_) {
    if (slot.pristine && (slot.is_output() || !inputs_fresh_)) commands.Copy(slot.pristine, 0, slot.memory, 0, slot.bytes);
    RecordPoison(commands, slot.memory, slot.is_input() ? slot.bytes : 0);
  }
  inputs_fresh_ = true;
  if (keep_workspace || workspace_bytes_ == 0) return;
  workspace_poison_ = poison;
  commands.Fill(workspace_, poison, 0, workspace_.bytes());
}

void Arena::RecordLook(CommandRecorder& commands) {
  std::uint64_t at = 0;
  for (const Slot& slot : slots_) {
    const std::uint64_t bytes = slot.memory.bytes() - slot.bytes;
    commands.Copy(slot.memory, slot.bytes, report_.copy, at, bytes);
    at += bytes;
  }
  if (workspace_bytes_ > 0) commands.Copy(workspace_, workspace_bytes_, report_.copy, at, kCanaryBytes);
  if (report_.verdict_bytes == 0) return;
  commands.Fill(report_.verdicts, 0xff, 0, report_.verdict_bytes);  // doubtful, should the device not do its work
  for (const Slot& slot : slots_)
    if (slot.expected_on_device) help_.compare->Record(commands, ComparandsOf(slot), report_.verdicts, slot.verdict_at);
  commands.Copy(report_.verdicts, 0, report_.copy, report_.canary_bytes, report_.verdict_bytes);
}

void Arena::Prepare(std::uint8_t poison) {
  FillWhatIsNotKept();
  context_.Run([&](CommandRecorder& commands) { RecordPrepare(commands, poison, false); }, kPrepareTimeout);
}

std::optional<std::string> Arena::Check(const Pipeline& pipeline, std::uint8_t poison, bool keep_workspace,
                                        std::chrono::milliseconds timeout) {
  if (!has_reference_) throw Error(kernel_->name + ": without a reference nothing can be checked");
  FillWhatIsNotKept();
  const Binding workspace = Workspace(pipeline.WorkspaceBytes());
  checked_ns_ = context_.Run(
      [&](CommandRecorder& commands) {
        RecordPrepare(commands, poison, keep_workspace);
        commands.DispatchTimed(pipeline, Bindings(), TestScalars(*kernel_), workspace);
        RecordLook(commands);
      },
      timeout);
  Touch(pipeline.binary());
  return Judge(keep_workspace);
}

std::optional<std::string> Arena::LookAgain() {
  context_.Run([&](CommandRecorder& commands) { RecordLook(commands); }, kPrepareTimeout);
  return Judge(true);
}

// A variant may change inputs that it declares writable.
void Arena::Touch(const Binary& binary) {
  for (const auto& module : binary.modules)
    for (const ModuleInterface::Binding& binding : module->interface.bindings)
      if (binding.writes && binding.binding < slots_.size() && !slots_[binding.binding].is_output()) inputs_fresh_ = false;
}

// --- what it left ---

namespace {

std::optional<std::string> JudgeCanary(const std::string& name, std::span<const std::byte> canary, std::uint8_t poison) {
  const auto bad = std::ranges::find_if(canary, [&](std::byte byte) { return byte != std::byte{poison}; });
  if (bad == canary.end()) return std::nullopt;
  return fmt::format("'{}': written past its end, {} bytes behind", name, bad - canary.begin());
}

}  // namespace

std::optional<std::string> Arena::Judge(bool sample) {
  std::vector<std::byte> bytes(report_.copy.bytes());
  context_.Download(report_.copy, bytes.data(), bytes.size());
  std::span<const std::byte> canaries = std::span(bytes).first(report_.canary_bytes);
  const std::span<const std::byte> verdicts = std::span(bytes).subspan(report_.canary_bytes);
  for (const Slot& slot : slots_) {
    const std::uint64_t size = slot.memory.bytes() - slot.bytes;
    if (auto wrong = JudgeCanary(slot.description->name, canaries.first(size), poison_)) return wrong;
    canaries = canaries.subspan(size);
    if (!slot.is_output()) continue;
    if (slot.expected_on_device) {
      const Comparands comparands = ComparandsOf(slot);
      if (DeviceCompare::Acquits(comparands, verdicts.subspan(slot.verdict_at, help_.compare->VerdictBytes(comparands))))
        continue;
    }
    if (auto wrong = JudgeOnHost(slot, sample && !slot.expected_on_device)) return wrong;
  }
  if (workspace_bytes_ > 0) return JudgeCanary("workspace", canaries, workspace_poison_);
  return std::nullopt;
}

// sample: of a large output an eighth, for a second look.
std::optional<std::string> Arena::JudgeOnHost(const Slot& slot, bool sample) {
  Comparison comparison(slot.description->name, slot.type, slot.expected_type, slot.tolerance, poison_ * 0x01010101u);
  const std::uint64_t element = BytesOf(slot.type), expected_element = BytesOf(slot.expected_type);
  std::vector<std::byte> got(std::min(slot.bytes, kChunkBytes));
  std::vector<std::byte> kept(slot.expected_on_device ? got.size() / element * expected_element : 0);
  const std::uint64_t step = sample && slot.bytes > kSampleAbove ? kSampleEvery * got.size() : got.size();
  for (std::uint64_t done = 0; done < slot.bytes; done += step) {
    if (step > got.size() && done + step >= slot.bytes) done = slot.bytes - got.size();  // the end, always
    const std::uint64_t size = std::min<std::uint64_t>(got.size(), slot.bytes - done);
    const std::uint64_t expected_at = done / element * expected_element, expected_size = size / element * expected_element;
    context_.Download(slot.memory, got.data(), size, done);
    if (slot.expected_on_device) context_.Download(slot.expected_on_device, kept.data(), expected_size, expected_at);
    const auto expected = slot.expected_on_device
                              ? std::span<const std::byte>(kept).first(expected_size)
                              : std::span<const std::byte>(slot.expected).subspan(expected_at, expected_size);
    comparison.Add(done / element, std::span(got).first(size), expected);
  }
  return comparison.Finish();
}

// --- bindings ---

std::vector<Binding> Arena::Bindings() const {
  std::vector<Binding> bindings;
  for (const Slot& slot : slots_) bindings.push_back(slot.memory);
  return bindings;
}

Binding Arena::Workspace(std::uint64_t bytes) {
  workspace_bytes_ = bytes;
  if (bytes == 0) return {};
  if (workspace_.bytes() < bytes + kCanaryBytes) {
    workspace_ = {};  // the old one first: two may not fit
    workspace_ = context_.CreateBuffer(RoundUp(bytes + kCanaryBytes, 4));
    workspace_poison_ = poison_;
    context_.Fill(workspace_, poison_);
  }
  return workspace_;
}

std::vector<BindingSet> Arena::RotatingSets(std::uint64_t beyond_bytes, std::uint64_t workspace_bytes) {
  const std::uint64_t each = std::max<std::uint64_t>(bytes(), 1);
  const std::uint64_t room = context_.FreeDeviceBytes() / 2 / each;
  const std::size_t sets = std::clamp<std::uint64_t>(std::min(beyond_bytes / each + 1, room), 1, kMaxSets);
  const Binding workspace = Workspace(workspace_bytes);
  std::vector<BindingSet> result{{Bindings(), workspace}};
  while (rotated_sets_.size() + 1 < sets) {
    BindingSet set;
    for (const Slot& slot : slots_) {
      rotated_.push_back(context_.CreateBuffer(slot.memory.bytes()));
      if (slot.is_input()) FillInput(slot, rotated_.back());
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
