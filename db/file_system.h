// What the operating system says about a database's file before SQLite is asked.
#pragma once

#include <string>

namespace hone {

std::string FolderOf(const std::string& path);  // "." when there is none
bool IsWritable(const std::string& path);       // by this process, now

// "NFS", "SMB" … where the folder lies on a file system shared between machines, whose locks SQLite cannot trust; else
// "".
std::string NetworkFileSystem(const std::string& folder);
std::string NetworkFileSystemName(long statfs_type);  // by the magic number alone

bool HasContent(const std::string& path);  // exists and is not empty

// Where a new file of this name goes: to where symbolic links lead. Errors: Error when what is there is no regular file, whose
// place it would take.
std::string PlaceForFile(const std::string& path);

}  // namespace hone
