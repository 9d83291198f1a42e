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

// Moves `from` over `to` so that after a crash one of them is whole: fsync of file, rename, fsync of folder. Errors:
// Error.
void ReplaceFile(const std::string& from, const std::string& to);

// A name beside `path` that no other process uses ("tuned.db.tmp-1234-…").
std::string TemporaryBeside(const std::string& path);

}  // namespace hone
