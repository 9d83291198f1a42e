#include "db/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "db/error.h"

namespace hone {

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool IsWritable(const std::string& path) { return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0; }

std::string NetworkFileSystemName(long type) {
  switch (static_cast<unsigned long>(type) & 0xffffffffUL) {
    case 0x6969: return "NFS";
    case 0x517b: return "SMB";
    case 0xfe534d42: return "SMB";
    case 0xff534d42: return "CIFS";
    case 0x01021997: return "9P";
    case 0x5346414f: return "AFS";
    case 0x73757245: return "Coda";
    case 0x00c36400: return "Ceph";
    case 0x0bd00bd0: return "Lustre";
    case 0x47504653: return "GPFS";
    case 0x19830326: return "BeeGFS";
    case 0x01161970: return "GFS2";
    default: return "";
  }
}

std::string NetworkFileSystem(const std::string& folder) {
  struct statfs status {};
  return statfs(folder.c_str(), &status) == 0 ? NetworkFileSystemName(static_cast<long>(status.f_type)) : "";
}

bool HasContent(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && status.st_size > 0;
}

std::string PlaceForFile(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) throw Error(path + ": not a regular file");
  const std::unique_ptr<char, void (*)(void*)> resolved(realpath(path.c_str(), nullptr), std::free);
  return resolved ? resolved.get() : path;
}

}  // namespace hone
