// A file that is built beside its final name and appears there whole, or not at all, also after a crash.
#pragma once

#include <string>

namespace hone {

class WholeFile {
 public:
  // Symbolic links are followed. Errors: Error when what is there is no regular file, whose place it would take.
  explicit WholeFile(const std::string& path);
  ~WholeFile();  // removes what was not published
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  const std::string& temporary() const { return temporary_; }  // write here; a name that no other process uses
  // Puts what was written and closed in place, with the permissions of the file that was there: fsync of file, rename, fsync of
  // folder. Errors: Error; the file that was there is untouched then.
  void Publish();

 private:
  std::string place_, temporary_;
};

}  // namespace hone
