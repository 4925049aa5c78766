// A database that can't be written to any more, kept under another name beside the new one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dbkeeper::sqlite {

// What may stand beside a database file and belong to it.
std::vector<std::filesystem::path> companions_of(const std::filesystem::path& database);

// Gives the database and its companions, as far as they are there, further names:
// "shop_before_20260102T030405Z.db" and "shop_before_20260102T030405Z.db-wal". Afterwards the
// companions have only these, so that no other database is taken for theirs, and the database has
// both: a new one can take its place at one stroke. The new name. Error(failed) if that can't be.
std::filesystem::path put_aside(const std::filesystem::path& database);

// Removes all but the newest `keep` of those that were put aside for this database, companions
// included: which. What can't be removed stays.
std::vector<std::string> drop_put_aside(const std::filesystem::path& database, int keep);

}  // namespace dbkeeper::sqlite
