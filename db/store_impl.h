// The inside of a Store, shared by the files of db/ that read and write through one.
#pragma once

#include <map>
#include <string>

#include "db/sqlite.h"
#include "db/store.h"

namespace hone {

struct Store::Impl {
  Impl(const std::string& path_, int flags, std::string_view query, const char* vfs = nullptr)
      : path(path_), database(path_, flags, query, vfs) {}
  Impl(std::span<const std::byte> bytes, const std::string& name) : path(name), database(bytes, name) {}

  std::string path;
  Database database;
  bool read_only = false;
  bool sealed = false;    // a packed database (db/seal.h)
  bool has_views = true;  // its own, or temporary ones
  int transaction_depth = 0;
  struct Source {
    Hash hash;
    std::int64_t id = 0;
  };
  std::map<std::string, Source> kernels;  // what this connection put: its results belong to that source

  // Runs body in a transaction of its own, or in the one that is open. Errors: Error when the store is read-only.
  void Write(const std::function<void()>& body);

  void NeedViews();  // before a query of views, in a store for loading

  std::int64_t KernelId(const std::string& name);  // put by this connection, or else the newest; 0: none
  std::int64_t BinaryId(const std::string& kernel, const std::string& pattern, const Values& point, const Values& types);
  std::int64_t PatternId(std::int64_t kernel, const std::string& pattern);  // these make the row where it is missing
  std::int64_t VariantId(std::int64_t pattern, const Values& point);
  std::int64_t ProblemId(const std::string& kernel, const Values& problem);
  std::int64_t DeviceId(const DeviceInfo& device);
  std::int64_t PutKernel(const Kernel& kernel);
  // put_module: returns the row of the module of a pass.
  void PutBinary(const Binary& binary, const std::function<std::int64_t(std::size_t pass)>& put_module);
  // kernel, device and run: rows that exist.
  void PutMeasurementOf(std::int64_t kernel, std::int64_t device, std::int64_t run, const Measurement& measurement);
};

std::int64_t NowMs();  // since 1970

}  // namespace hone
