// Kernels, devices and binaries that the tests of db/ store: small, but with every field used.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "db/kernel.h"
#include "db/store.h"
#include "tests/temporary_folder.h"

namespace hone {

Kernel SampleKernel(const std::string& name = "axpy", const std::string& source = "version 1");
DeviceInfo SampleDevice(const std::string& name = "Sample GPU", const std::string& driver = "1.2.3");
std::shared_ptr<const Module> SampleModule(std::uint32_t seed);
Binary SampleBinary(const Kernel& kernel, const std::string& pattern, const Values& point, const Values& types);
Measurement SampleMeasurement(const Values& point, double nanoseconds, std::int64_t n = 1024);

// What the Error says that `body` throws; "no error" when it throws none.
std::string ErrorOf(const std::function<void()>& body);

}  // namespace hone
