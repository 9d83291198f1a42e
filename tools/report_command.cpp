// hone report: one self-contained page about databases, for people who would rather look than read.
#include <cstdio>
#include <string_view>

#include "tools/command_list.h"
#include "tools/format.h"
#include "tools/report_data.h"
#include "tools/whole_file.h"

#ifdef HONE_HAS_REPORT

extern "C" {
extern const char hone_report_page[];  // tools/report/page.S
extern const char hone_report_page_end[];
}

namespace hone {
namespace {

constexpr std::string_view kPlace = "HONE_REPORT_DATA";

// JSON that may stand in a <script>: no text in it can end the element.
std::string ForScript(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

int RunReport(const Arguments& arguments) {
  if (!arguments.Has("output")) throw UsageError("option '--output' is missing: the page to write");
  const std::string_view page(hone_report_page, static_cast<std::size_t>(hone_report_page_end - hone_report_page));
  const std::string data = ForScript(ReportData(arguments.All("FILE.db")));
  const std::size_t place = page.find(kPlace);
  const std::string out = arguments.Text("output");
  WriteWholeFile(out, [&](std::ostream& file) { file << page.substr(0, place) << data << page.substr(place + kPlace.size()); });
  std::printf("%s: %s; open it in any browser\n", out.c_str(),
              FormatBytes(static_cast<double>(page.size() + data.size())).c_str());
  return 0;
}

}  // namespace

Command ReportCommand() {
  return {.name = "report",
          .summary =
              "Writes one self-contained page about databases: distributions, parameters, roofline, runs, failures, "
              "comparisons",
          .example = "hone report tuned.db -o report.html\nhone report before.db after.db -o change.html",
          .positionals = {{"FILE.db", 1, kMany}},
          .options = {{"output,o", "FILE.html", "the page to write"}},
          .run = RunReport};
}

}  // namespace hone

#endif  // HONE_HAS_REPORT
