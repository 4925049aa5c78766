// Which files of a project name its database.
#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "dbkeeper/base/environment.h"
#include "dbkeeper/base/error.h"
#include "engines/redirector.h"

namespace dbkeeper {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 500;
constexpr std::size_t kMostEntries = 20'000;
constexpr std::uintmax_t kMostBytes = 1 << 20;
constexpr int kDeepest = 5;
constexpr std::string_view kAroundAddresses = " \t\r'\"`<>|";
constexpr std::string_view kBehindAddresses = ",;)]}";

constexpr std::array<std::string_view, 17> kEndings = {
    ".ini",  ".cfg", ".conf", ".toml", ".py",         ".js",  ".ts",  ".mjs",   ".rb",
    ".json", ".yml", ".yaml", ".env",  ".properties", ".exs", ".php", ".prisma"};

// Those of them that are programs, or say where a program takes a setting from.
constexpr std::array<std::string_view, 8> kReading = {".py", ".js",  ".ts",  ".mjs",
                                                      ".rb", ".exs", ".php", ".prisma"};
constexpr std::string_view kOwnSettings = "dbkeeper.toml";

constexpr std::array<std::string_view, 11> kLeftOut = {
    "node_modules", "venv",  "env", "__pycache__", "vendor", "target",
    "dist",         "build", "tmp", "log",         "backups"};

// What an address leaves out may be there.
Variables own_environment() {
  Variables out;
  for (const std::string& entry : inherited_environment()) {
    const std::string_view text = entry;
    if (const std::size_t equals = text.find('='); equals != text.npos)
      out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

bool is_worth_reading(const fs::path& file) {
  const std::string name = file.filename().string();
  if (name == kOwnSettings) return false;
  return name.starts_with(".env") || std::ranges::any_of(kEndings, [&](std::string_view ending) {
           return name.ends_with(ending);
         });
}

bool is_left_out(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name.starts_with('.') || std::ranges::find(kLeftOut, name) != kLeftOut.end();
}

// Nearest to the top first, since settings stand there.
std::vector<fs::path> candidates(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  std::size_t entries = 0;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (++entries > kMostEntries) break;
    std::error_code gone;
    if (at->is_directory(gone)) {
      if (is_left_out(at->path()) || at.depth() >= kDeepest) at.disable_recursion_pending();
    } else if (is_worth_reading(at->path()) && at->is_regular_file(gone) &&
               at->file_size(gone) <= kMostBytes) {
      found.push_back(at->path().lexically_relative(folder));
    }
  }
  const auto depth = [](const fs::path& path) { return std::distance(path.begin(), path.end()); };
  std::ranges::sort(found, [&](const fs::path& a, const fs::path& b) {
    return std::pair(depth(a), a) < std::pair(depth(b), b);
  });
  if (found.size() > kMostFiles) found.resize(kMostFiles);
  return found;
}

bool has_address(std::string_view line, const Redirector& redirector) {
  for (std::size_t at = line.find(':'); at != line.npos; at = line.find(':', at + 1)) {
    const std::size_t before = line.find_last_of(kAroundAddresses, at);
    std::size_t begin = before == line.npos ? 0 : before + 1;
    // KEY=sqlite:///…
    if (const std::size_t equals = line.substr(begin, at - begin).rfind('='); equals != line.npos)
      begin += equals + 1;
    std::string_view text = line.substr(begin, line.find_first_of(kAroundAddresses, at) - begin);
    while (!text.empty() && kBehindAddresses.find(text.back()) != text.npos) text.remove_suffix(1);
    if (redirector.rewritten(std::string(text))) return true;
  }
  return false;
}

bool is_comment(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line.starts_with('#') || line.starts_with(';') || line.starts_with("//");
}

bool names_it(const fs::path& file, const Redirector& redirector) {
  std::ifstream text(file, std::ios::binary);
  for (std::string line; std::getline(text, line);)
    if (is_comment(line))
      continue;
    else if (has_address(line, redirector) || redirector.is_named_in(line))
      return true;
  return false;
}

bool reads_the_url(const fs::path& file) {
  std::ifstream text(file, std::ios::binary);
  for (std::string line; std::getline(text, line);)
    if (!is_comment(line) && line.find("DATABASE_URL") != line.npos) return true;
  return false;
}

}  // namespace

std::vector<std::string> files_that_read_the_url(const fs::path& folder) {
  std::vector<std::string> out;
  for (const fs::path& file : candidates(folder)) {
    const bool program = std::ranges::find(kReading, file.extension().string()) != kReading.end();
    if (program && reads_the_url(folder / file)) out.push_back(file.string());
  }
  return out;
}

std::vector<std::string> files_that_name(const std::string& live, const fs::path& folder) {
  std::vector<std::string> out;
  try {
    const auto redirector = make_redirector(live, live, own_environment());
    for (const fs::path& file : candidates(folder))
      if (names_it(folder / file, *redirector)) out.push_back(file.string());
  } catch (const Error&) {
    return {};
  }
  return out;
}

}  // namespace dbkeeper
