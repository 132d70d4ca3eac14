#pragma once
// The file of a study: its name, and whether a file is one.

#include <filesystem>

#include "select/database.hpp"

namespace ridgeline::selection {

inline constexpr const char* study_file_name = "study.sqlite";

/// Whether the file is not empty. SQLite makes an empty file when it opens one that does not exist.
bool is_there(const std::filesystem::path& file);

/// Whether the file begins as a study of any version does. It is only read, so that the file of
/// another program stays as it is. Throws ResourceError if it cannot be read.
bool is_study(const std::filesystem::path& file);

/// Throws DataError for a file that is not a study or of another version, and ResourceError for one
/// that cannot be read.
void check_study(const std::filesystem::path& file);
/// Removes the file, and those that SQLite may keep beside it.
void remove_database(const std::filesystem::path& file);

/// Throws DataError if the database is damaged.
void check_sound(Database& database, const std::filesystem::path& file);

}  // namespace ridgeline::selection
