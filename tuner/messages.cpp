#include "tuner/messages.h"

#include <map>

namespace hone {
namespace {

Message Pack(MessageType type, Writer& writer) { return {type, writer.Take()}; }

Reader Open(const Message& message, MessageType type) {
  if (message.type != type) throw ProtocolError("a message of another kind than expected");
  return Reader(message.payload);
}

void WriteInterface(Writer& writer, const ModuleInterface& interface) {
  writer.U64(interface.push.size());
  for (const auto& member : interface.push) {
    writer.Text(member.name);
    writer.Text(member.type);
    writer.U64(member.offset);
  }
  writer.U64(interface.push_bytes);
  writer.U64(interface.bindings.size());
  for (const auto& binding : interface.bindings) {
    writer.U64(binding.binding);
    writer.Bool(binding.writes);
  }
  writer.U64(interface.spec_constants.size());
  for (const auto& constant : interface.spec_constants) {
    writer.Text(constant.name);
    writer.U64(constant.id);
    writer.Text(constant.type);
  }
  writer.U64(interface.shared_bytes);
  for (const std::uint32_t size : interface.local_size) writer.U64(size);
}

ModuleInterface ReadInterface(Reader& reader) {
  const auto u32 = [&] { return static_cast<std::uint32_t>(reader.U64()); };
  ModuleInterface interface;
  interface.push.resize(reader.Count(24));
  for (auto& member : interface.push) {
    member.name = reader.Text();
    member.type = reader.Text();
    member.offset = u32();
  }
  interface.push_bytes = u32();
  interface.bindings.resize(reader.Count(16));
  for (auto& binding : interface.bindings) {
    binding.binding = u32();
    binding.writes = reader.Bool();
  }
  interface.spec_constants.resize(reader.Count(24));
  for (auto& constant : interface.spec_constants) {
    constant.name = reader.Text();
    constant.id = u32();
    constant.type = reader.Text();
  }
  interface.shared_bytes = u32();
  for (std::uint32_t& size : interface.local_size) size = u32();
  return interface;
}

void WriteBinary(Writer& writer, const Binary& binary) {
  writer.Text(binary.pattern);
  writer.Text(binary.point.ToText());
  writer.Text(binary.types.ToText());
  writer.U64(binary.modules.size());
  for (const auto& module : binary.modules) {
    writer.Text(module->hash.ToHex());
    writer.Words(module->words);
    WriteInterface(writer, module->interface);
  }
}

Binary ReadBinary(Reader& reader, std::shared_ptr<const Kernel> kernel) {
  Binary binary;
  binary.kernel = std::move(kernel);
  binary.pattern = reader.Text();
  binary.point = Values::FromText(reader.Text());
  binary.types = Values::FromText(reader.Text());
  binary.modules.resize(reader.Count(16));
  for (auto& each : binary.modules) {
    auto module = std::make_shared<Module>();
    module->hash = Hash::FromHex(reader.Text());
    module->words = reader.Words();
    module->interface = ReadInterface(reader);
    each = module;
  }
  return binary;
}

void WriteProblems(Writer& writer, const std::vector<Values>& problems) {
  writer.U64(problems.size());
  for (const Values& problem : problems) writer.Text(problem.ToText());
}

std::vector<Values> ReadProblems(Reader& reader) {
  std::vector<Values> problems(reader.Count(8));
  for (Values& problem : problems) problem = Values::FromText(reader.Text());
  return problems;
}

void WriteRequest(Writer& writer, const BenchRequest& request) {
  WriteBinary(writer, request.binary);
  writer.Text(request.problem.ToText());
  WriteProblems(writer, request.check_problems);
  writer.F64(request.stop_above_ns);
  writer.Bool(request.time);
  writer.U64(request.parts);
}

BenchRequest ReadRequest(Reader& reader, std::shared_ptr<const Kernel> kernel) {
  BenchRequest request;
  request.binary = ReadBinary(reader, std::move(kernel));
  request.problem = Values::FromText(reader.Text());
  request.check_problems = ReadProblems(reader);
  request.stop_above_ns = reader.F64();
  request.time = reader.Bool();
  request.parts = static_cast<std::uint32_t>(reader.U64());
  return request;
}

}  // namespace

Message HelloMessage::Write() const {
  Writer writer;
  writer.Text(device);
  writer.U64(options.seed);
  writer.Bool(options.cold);
  writer.U64(options.cold_bytes);
  for (const double value : {options.check_timeout_ms, options.timing_timeout_ms, options.reference_timeout_ms,
                             options.watchdog_ms, options.interval, options.max_timing_ms, options.long_call_ms})
    writer.F64(value);
  writer.I64(options.min_samples);
  writer.I64(options.max_samples);
  writer.Bool(options.properties);
  writer.Bool(options.energy);
  writer.Text(options.turn_file);
  return Pack(MessageType::kHello, writer);
}

HelloMessage HelloMessage::Read(const Message& message) {
  Reader reader = Open(message, MessageType::kHello);
  HelloMessage hello;
  hello.device = reader.Text();
  hello.options.seed = reader.U64();
  hello.options.cold = reader.Bool();
  hello.options.cold_bytes = reader.U64();
  for (double* value :
       {&hello.options.check_timeout_ms, &hello.options.timing_timeout_ms, &hello.options.reference_timeout_ms,
        &hello.options.watchdog_ms, &hello.options.interval, &hello.options.max_timing_ms, &hello.options.long_call_ms})
    *value = reader.F64();
  hello.options.min_samples = static_cast<int>(reader.I64());
  hello.options.max_samples = static_cast<int>(reader.I64());
  hello.options.properties = reader.Bool();
  hello.options.energy = reader.Bool();
  hello.options.turn_file = reader.Text();
  reader.End();
  return hello;
}

Message ReadyMessage::Write() const {
  Writer writer;
  writer.Text(DeviceToJson(device));
  return Pack(MessageType::kReady, writer);
}

ReadyMessage ReadyMessage::Read(const Message& message) {
  Reader reader = Open(message, MessageType::kReady);
  ReadyMessage ready{DeviceFromJson(reader.Text())};
  reader.End();
  return ready;
}

Message KernelMessage::Write() const {
  Writer writer;
  writer.Text(KernelToJson(*kernel));
  writer.Text(types.ToText());
  writer.Bool(reference.has_value());
  if (reference) {
    WriteBinary(writer, *reference);
  }
  return Pack(MessageType::kKernel, writer);
}

KernelMessage KernelMessage::Read(const Message& message) {
  Reader reader = Open(message, MessageType::kKernel);
  KernelMessage result;
  result.kernel = std::make_shared<const Kernel>(KernelFromJson(reader.Text()));
  result.types = Values::FromText(reader.Text());
  if (reader.Bool()) result.reference = ReadBinary(reader, result.kernel);
  reader.End();
  return result;
}

Message MeasureMessage::Write() const {
  Writer writer;
  writer.U64(id);
  WriteRequest(writer, request);
  return Pack(MessageType::kMeasure, writer);
}

MeasureMessage MeasureMessage::Read(const Message& message, std::shared_ptr<const Kernel> kernel) {
  Reader reader = Open(message, MessageType::kMeasure);
  MeasureMessage result;
  result.id = reader.U64();
  result.request = ReadRequest(reader, std::move(kernel));
  reader.End();
  return result;
}

Message ExpectMessage::Write() const {
  Writer writer;
  writer.I64(threads);
  writer.U64(expected.size());
  for (const ExpectedVariant& each : expected) {
    writer.U64(each.number);
    WriteBinary(writer, each.binary);
    writer.Text(each.problem.ToText());
    WriteProblems(writer, each.check_problems);
  }
  return Pack(MessageType::kExpect, writer);
}

ExpectMessage ExpectMessage::Read(const Message& message, std::shared_ptr<const Kernel> kernel) {
  Reader reader = Open(message, MessageType::kExpect);
  ExpectMessage result;
  result.threads = static_cast<int>(reader.I64());
  result.expected.resize(reader.Count(16));
  for (ExpectedVariant& each : result.expected) {
    each.number = reader.U64();
    each.binary = ReadBinary(reader, kernel);
    each.problem = Values::FromText(reader.Text());
    each.check_problems = ReadProblems(reader);
  }
  reader.End();
  return result;
}

Message AheadMessage::Write() const {
  Writer writer;
  writer.U64(number);
  writer.Bool(begins);
  return Pack(MessageType::kAhead, writer);
}

AheadMessage AheadMessage::Read(const Message& message) {
  Reader reader = Open(message, MessageType::kAhead);
  AheadMessage result;
  result.number = reader.U64();
  result.begins = reader.Bool();
  reader.End();
  return result;
}

Message PlayoffMessage::Write() const {
  Writer writer;
  writer.U64(id);
  writer.I64(rounds);
  writer.U64(requests.size());
  for (const BenchRequest& request : requests) WriteRequest(writer, request);
  return Pack(MessageType::kPlayoff, writer);
}

PlayoffMessage PlayoffMessage::Read(const Message& message, std::shared_ptr<const Kernel> kernel) {
  Reader reader = Open(message, MessageType::kPlayoff);
  PlayoffMessage result;
  result.id = reader.U64();
  result.rounds = static_cast<int>(reader.I64());
  result.requests.resize(reader.Count(8));
  for (BenchRequest& request : result.requests) request = ReadRequest(reader, kernel);
  reader.End();
  return result;
}

Message PhaseMessage::Write() const {
  Writer writer;
  writer.U64(id);
  writer.I64(static_cast<int>(phase));
  writer.Text(what);
  return Pack(MessageType::kPhase, writer);
}

PhaseMessage PhaseMessage::Read(const Message& message) {
  Reader reader = Open(message, MessageType::kPhase);
  PhaseMessage result;
  result.id = reader.U64();
  const std::int64_t phase = reader.I64();
  if (phase < 0 || phase > static_cast<int>(Phase::kTiming)) throw ProtocolError("a message of an unknown phase");
  result.phase = static_cast<Phase>(phase);
  result.what = reader.Text();
  reader.End();
  return result;
}

Message ResultMessage::Write() const {
  Writer writer;
  writer.U64(id);
  writer.I64(static_cast<int>(measurement.outcome));
  writer.Text(measurement.message);
  writer.Doubles(measurement.samples_ns);
  writer.Bool(measurement.cold);
  for (const double ms : {measurement.compile_ms, measurement.pipeline_ms, measurement.check_ms, measurement.bench_ms})
    writer.F64(ms);
  writer.U64(measurement.properties.size());
  for (const auto& [name, value] : measurement.properties) {
    writer.Text(name);
    writer.F64(value);
  }
  writer.Bool(usable);
  return Pack(MessageType::kResult, writer);
}

ResultMessage ResultMessage::Read(const Message& message) {
  Reader reader = Open(message, MessageType::kResult);
  ResultMessage result;
  Measurement& measurement = result.measurement;
  result.id = reader.U64();
  const std::int64_t outcome = reader.I64();
  if (outcome < 0 || outcome > static_cast<int>(Outcome::kTooSlow)) throw ProtocolError("a message with an unknown outcome");
  measurement.outcome = static_cast<Outcome>(outcome);
  measurement.message = reader.Text();
  measurement.samples_ns = reader.Doubles();
  measurement.statistics = Summarize(measurement.samples_ns);
  measurement.cold = reader.Bool();
  for (double* ms : {&measurement.compile_ms, &measurement.pipeline_ms, &measurement.check_ms, &measurement.bench_ms})
    *ms = reader.F64();
  for (std::uint64_t count = reader.Count(16); count > 0; --count) {
    const std::string name = reader.Text();
    measurement.properties[name] = reader.F64();
  }
  result.usable = reader.Bool();
  reader.End();
  return result;
}

Message RoundMessage::Write() const {
  Writer writer;
  writer.U64(id);
  writer.Doubles(round.times_ns);
  writer.Doubles(round.joules);
  return Pack(MessageType::kRound, writer);
}

RoundMessage RoundMessage::Read(const Message& message) {
  Reader reader = Open(message, MessageType::kRound);
  RoundMessage result;
  result.id = reader.U64();
  result.round.times_ns = reader.Doubles();
  result.round.joules = reader.Doubles();
  reader.End();
  return result;
}

Message FailedMessage::Write() const {
  Writer writer;
  writer.Text(text);
  return Pack(MessageType::kError, writer);
}

FailedMessage FailedMessage::Read(const Message& message) {
  Reader reader = Open(message, MessageType::kError);
  FailedMessage result{reader.Text()};
  reader.End();
  return result;
}

}  // namespace hone
