#include "dbkeeper/formats/foreign_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dbkeeper/base/byte_source.h"
#include "dbkeeper/base/error.h"
#include "dbkeeper/base/shell.h"
#include "dbkeeper/base/text.h"
#include "dbkeeper/formats/zstd.h"

namespace dbkeeper {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  return begin == text.npos ? std::string_view() : text.substr(begin);
}

// Any program is run between a backup and a check that way.
std::string run_safely(std::string_view command) {
  return fmt::format("with a backup before it and an undo: dbkeeper migrate -- {}", command);
}

std::string hint_for_psql(const std::string& file) {
  return fmt::format(
      "psql runs it, as a rule in an empty database; {}",
      run_safely(fmt::format("psql -X -1 -v ON_ERROR_STOP=1 -f {} '{{url}}'", file)));
}

std::string hint_for_pg_restore(const std::string& file) {
  return fmt::format("pg_restore takes it; {}",
                     run_safely(fmt::format("pg_restore -1 -e -d '{{url}}' {}", file)));
}

std::string hint_to_unpack(std::string_view program, std::string_view ending,
                           const std::string& file) {
  const std::string script = fmt::format(".sql{}", ending);
  const bool is_script = file.find(script) != std::string::npos;
  return is_script ? fmt::format("unpack it for psql or sqlite3: {} {}", program, file)
                   : fmt::format("unpack it first: {} {}", program, file);
}

std::optional<ForeignFile> packed(std::string_view beginning, const std::string& file) {
  if (beginning.starts_with("\x1f\x8b"sv))
    return ForeignFile{"compressed by gzip", hint_to_unpack("gunzip -k", ".gz", file)};
  if (beginning.starts_with("BZh"))
    return ForeignFile{"compressed by bzip2", hint_to_unpack("bunzip2 -k", ".bz2", file)};
  if (beginning.starts_with("\xfd\x37zXZ\0"sv))
    return ForeignFile{"compressed by xz", hint_to_unpack("unxz -k", ".xz", file)};
  if (beginning.starts_with("PK\x03\x04"))
    return ForeignFile{"a zip archive", hint_to_unpack("unzip", ".zip", file)};
  return std::nullopt;
}

std::optional<ForeignFile> dump(std::string_view beginning, const std::string& file) {
  constexpr std::size_t kTarMark = 257;
  const bool is_tar =
      beginning.size() > kTarMark && beginning.substr(kTarMark).starts_with("ustar");
  if (beginning.starts_with("PGDMP"))
    return ForeignFile{"a dump of pg_dump's", hint_for_pg_restore(file)};
  if (is_tar && beginning.starts_with("toc.dat\0"sv))
    return ForeignFile{"a dump of pg_dump's, as a tar", hint_for_pg_restore(file)};
  return std::nullopt;
}

// The first line of a script that is neither empty nor a comment.
std::string_view first_statement(std::string_view text) {
  for (text = without_blanks(text); text.starts_with("--"); text = without_blanks(text)) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) return {};
    text.remove_prefix(end);
  }
  return text;
}

bool begins_with_statement(std::string_view text) {
  constexpr std::array<std::string_view, 10> kWords = {
      "set", "create", "insert", "begin", "drop", "alter", "copy", "pragma", "select", "use"};
  const std::string word = lower_ascii(text.substr(0, text.find_first_of(" \t\r\n;")));
  return text.starts_with("\\") || std::ranges::find(kWords, word) != kWords.end();
}

std::optional<ForeignFile> script(std::string_view beginning, const std::string& file) {
  const std::string_view text = without_blanks(beginning);
  if (text.starts_with("-- MySQL dump") || text.starts_with("-- MariaDB dump") ||
      text.starts_with("/*M!") || text.starts_with("/*!"))
    return ForeignFile{"a dump of a MySQL database", "dbkeeper keeps PostgreSQL and SQLite"};
  if (text.starts_with("PRAGMA foreign_keys=OFF;"))
    return ForeignFile{
        "an SQL script of sqlite3's .dump",
        fmt::format("sqlite3 new.db < {} makes a database of it, and dbkeeper import new.db brings "
                    "its rows in",
                    file)};
  if (text.starts_with("--\n-- PostgreSQL database"))
    return ForeignFile{"an SQL dump of pg_dump's", hint_for_psql(file)};
  if (begins_with_statement(first_statement(text)))
    return ForeignFile{"an SQL script", hint_for_psql(file)};
  return std::nullopt;
}

// [{"model": "shop.order", "pk": 1, "fields": {…}}, …], or one such object a line.
std::optional<ForeignFile> fixture(std::string_view beginning, const std::string& file) {
  std::string_view text = without_blanks(beginning);
  if (text.starts_with('[')) text = without_blanks(text.substr(1));
  if (!text.starts_with('{')) return std::nullopt;
  text = without_blanks(text.substr(1));
  const std::size_t model = text.find("\"model\"");
  const bool is_first =
      model == 0 || (text.starts_with("\"pk\"") && model < text.find("\"fields\""));
  if (model == text.npos || !is_first || text.find("\"fields\"") == text.npos) return std::nullopt;
  return ForeignFile{
      "a fixture of Django's dumpdata",
      fmt::format("loaddata takes it; {}; from then on dbkeeper export and import, which keep "
                  "every value and find rows again",
                  run_safely(fmt::format("python manage.py loaddata {}", file)))};
}

}  // namespace

std::optional<ForeignFile> foreign_file(const FileBeginning& beginning, std::string file) {
  constexpr std::string_view kEnding = ".zst";
  if (file.empty()) file = beginning.compressed ? "FILE.zst" : "FILE";
  const std::string packed_file = shell_word(file);
  if (beginning.compressed && file.ends_with(kEnding)) file.resize(file.size() - kEnding.size());
  std::string_view text = beginning.text;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (const auto kind : {packed, dump, fixture, script}) {
    auto found = kind(text, shell_word(file));
    if (!found) continue;
    if (beginning.compressed)
      found->hint = fmt::format("unpack it first, zstd -d {}; {}", packed_file, found->hint);
    return found;
  }
  return std::nullopt;
}

std::optional<ForeignFile> foreign_folder(const std::filesystem::path& folder) {
  std::error_code unknown;
  if (!std::filesystem::exists(folder / "toc.dat", unknown)) return std::nullopt;
  return ForeignFile{"a dump of pg_dump's, as a folder",
                     hint_for_pg_restore(shell_word(folder.string()))};
}

bool begins_like_export(std::string_view beginning) {
  const std::string_view text = without_blanks(beginning);
  return text.starts_with('{') && text.find("\"export_metadata\"") != text.npos;
}

FileBeginning beginning_of(const std::filesystem::path& path) try {
  const Stop never;
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(path, unknown)) return {};
  const auto bytes = open_bytes(path, never);
  const auto read = [](const auto& source) {
    std::string text(kBeginningToJudge, '\0');
    std::size_t held = 0, got = 1;
    for (; held < text.size() && got > 0; held += got)
      got = source(text.data() + held, text.size() - held);
    text.resize(held);
    return text;
  };
  const auto as_it_stands = [&](char* to, std::size_t size) { return bytes->read(to, size); };
  std::string text = read(as_it_stands);
  if (!is_zstd(text)) return {std::move(text), false};
  bytes->start_over();
  ZstdReader expanded(as_it_stands);
  return {read([&](char* to, std::size_t size) { return expanded.read(to, size); }), true};
} catch (const Error&) {
  return {};
}

}  // namespace dbkeeper
