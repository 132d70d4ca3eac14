#pragma once
// How much memory this process may still take. The libraries below us end the process when a small
// allocation of theirs fails, so Ridgeline asks before it calls them.

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace ridgeline {

/// Bytes that the process may still take: the least of the machine's available memory
/// (MemAvailable of /proc/meminfo), the limit of its control group, and the limit of its address
/// space (ulimit -v). What cannot be read is no limit.
std::size_t available_memory();

/// Bytes that the limits of the process's memory control group leave, its ancestors included.
/// `proc` and `groups` are where the kernel shows processes and groups; a test gives folders of its
/// own. Versions 1 and 2 of control groups are read. No limit gives the largest size_t.
std::size_t control_group_memory(const std::filesystem::path& proc = "/proc",
                                 const std::filesystem::path& groups = "/sys/fs/cgroup");

/// Throws ResourceError unless `bytes` more can be mapped now. `purpose` follows "to", as in "make
/// the plan". It maps and unmaps them without touching a page: about two microseconds.
void require_memory(std::size_t bytes, std::string_view purpose);

/// Makes the next small allocations of the calling thread succeed: it fills malloc's per-thread
/// cache with one block of each size. For libraries that end the process when such an allocation
/// fails. Throws std::bad_alloc if memory for the blocks, about 40 KiB, is short.
void reserve_small_blocks();

}  // namespace ridgeline
