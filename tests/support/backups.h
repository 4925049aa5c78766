// Backup archives as bytes: written from memory, changed, judged.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "dbkeeper/base/error.h"
#include "support/memory_backup.h"

namespace dbkeeper::testing {

std::string written(const MemoryBackup& backup, int jobs = 1);

// What opening and verifying a file finds wrong.
std::optional<Error> verdict(const std::filesystem::path& archive, int jobs = 1);

// The archive's manifest, and the archive with another one that its trailer vouches for.
std::string manifest_in(const std::string& archive);
std::string with_manifest(const std::string& archive, std::string_view manifest);

// The name of the member to which a byte of the archive belongs; "trailer" for its end too.
std::string member_at(const std::string& archive, std::size_t at);

}  // namespace dbkeeper::testing
