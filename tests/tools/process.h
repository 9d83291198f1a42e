// Runs the real `hone` and catches what it prints.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/temporary_folder.h"

namespace hone::testing {

struct ProcessResult {
  int status = -1;     // exit status; 128 + N when signal N ended it
  std::string output;  // stdout; on a terminal, everything
  std::string errors;  // stderr
};

struct ProcessOptions {
  std::map<std::string, std::string> environment;  // set on top of the test's own
  std::string folder;                              // working folder; "": the test's own
  std::string stdout_file;                         // written there instead of being caught
  bool terminal = false;                           // stdin, stdout and stderr are one pseudo-terminal
  double timeout_s = 600;                          // killed after that
  std::function<bool()> stop_when;                 // asked now and then; once true, `stop_with` is sent, as a terminal does to
  int stop_with = 0;                               // it and to what it started; 0: its terminal is closed
};

ProcessResult RunHone(const std::vector<std::string>& arguments, const ProcessOptions& options = {});
ProcessResult RunProgram(const std::vector<std::string>& command, const ProcessOptions& options = {});

void WriteFile(const std::string& path, const std::string& text);
std::string ReadFile(const std::string& path);

// Compares whole outputs with tests/tools/golden/NAME; HONE_UPDATE_GOLDEN=1 writes them instead.
void ExpectGolden(const std::string& name, const std::string& actual);

}  // namespace hone::testing
