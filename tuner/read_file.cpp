#include "tuner/read_file.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "db/error.h"

namespace hone {

std::string ReadFile(const std::filesystem::path& path) {
  errno = 0;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  std::string text, chunk(1 << 20, '\0');
  int n = -1;
  while (file && (n = gzread(file.get(), chunk.data(), static_cast<unsigned>(chunk.size()))) > 0)
    text.append(chunk.data(), static_cast<std::size_t>(n));
  int problem = Z_ERRNO;
  if (file) gzerror(file.get(), &problem);
  if (n == 0 && problem == Z_OK) return text;
  const bool of_system = problem == Z_ERRNO;
  throw Error(path.string() + ": " +
              (of_system ? std::string("cannot be read: ") + std::strerror(errno != 0 ? errno : EIO) : "damaged gzip data"));
}

}  // namespace hone
