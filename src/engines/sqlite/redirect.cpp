#include "engines/sqlite/redirect.h"

#include <array>
#include <cctype>

#include "dbkeeper/base/error.h"
#include "dbkeeper/base/text.h"
#include "engines/sqlite/location.h"

namespace dbkeeper::sqlite {
namespace {

namespace fs = std::filesystem;

// What programs write before an address, or a path: Java's, sqitch's, Perl's, .NET's.
constexpr std::array<std::string_view, 5> kPrefixes = {
    "jdbc:", "dbi:sqlite:dbname=", "dbi:sqlite:", "db:", "data source="};
constexpr std::size_t kLongestPath = 4096;

bool starts_with(std::string_view text, std::string_view start) {
  return lower_ascii(text.substr(0, start.size())) == start;
}

std::size_t prefix_of(std::string_view text) {
  for (const std::string_view prefix : kPrefixes)
    if (starts_with(text, prefix)) return prefix.size();
  return 0;
}

// A relative path begins in the folder that the program makes its own: the current one, or where
// Prisma and Flask look.
bool leads_to(const fs::path& path, const fs::path& file) {
  if (path.empty()) return false;
  std::error_code error;
  if (fs::equivalent(path, file, error)) return true;
  if (path.is_absolute()) return false;
  return fs::equivalent("prisma" / path, file, error) ||
         fs::equivalent("instance" / path, file, error);
}

// The address with the absolute path in it: scheme, slashes and parameters as they were. What an
// sqlite: address can't hold is a URI within it, as SQLAlchemy has it.
std::string with_path(std::string_view address, const std::string& path) {
  if (!has_scheme(address)) return path;
  const std::size_t query = address.find('?');
  const std::string parameters(query == address.npos ? "" : address.substr(query));
  std::string_view rest = address.substr(0, query);
  std::string out(rest.substr(0, rest.find(':') + 1));
  const bool uri = starts_with(rest, "file:");
  rest.remove_prefix(out.size());
  if (rest.starts_with("//")) out += uri ? "//" : "///";
  rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of('/')));
  const std::string encoded = uri_path(path);
  if (uri || starts_with(rest, "file:")) return out + (uri ? "" : "file:") + encoded + parameters;
  if (encoded == path) return out + path + parameters;
  return out + "file:" + encoded + (query == address.npos ? "?" : parameters + "&") + "uri=true";
}

class FileRedirector final : public Redirector {
 public:
  FileRedirector(const std::string& live, const std::string& scratch)
      : file_(locate_destination(parse_address(live)).location.canonical),
        scratch_(locate_destination(parse_address(scratch)).location.path) {}

  std::string url() const override { return url_of(scratch_); }

  std::optional<std::string> rewritten(const std::string& text) const override {
    if (text.empty() || text.size() > kLongestPath || text.find('\n') != text.npos)
      return std::nullopt;
    const std::size_t begin = prefix_of(text);
    const std::size_t end = begin == 0 ? text.npos : text.find(';', begin);
    const std::string address = text.substr(begin, end - begin);
    if (!is_address(address) || !is_of_the_file(address)) return std::nullopt;
    return text.substr(0, begin) + with_path(address, scratch_.string()) +
           (end == text.npos ? "" : text.substr(end));
  }

  std::optional<std::string> rewritten_value(const std::string&,
                                             const std::string&) const override {
    return std::nullopt;
  }
  std::optional<std::string> rewritten_word(const std::string&, const std::vector<std::string>&,
                                            const std::string&) const override {
    return std::nullopt;
  }
  bool is_doubtful(const std::string&) const override { return false; }
  void point_clients(const Variables&, Redirection&) const override {}
  bool is_client(const std::string&) const override { return false; }

  // Wherever the file's name stands by itself: paths in sources are put together.
  bool is_named_in(std::string_view line) const override {
    const std::string name = file_.filename().string();
    const auto belongs = [&](std::size_t at) {
      if (at >= line.size()) return false;
      const auto c = static_cast<unsigned char>(line[at]);
      return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
    };
    for (std::size_t at = line.find(name); at != line.npos; at = line.find(name, at + 1))
      if ((at == 0 || !belongs(at - 1)) && !belongs(at + name.size())) return true;
    return false;
  }

 private:
  bool is_of_the_file(const std::string& text) const try {
    const Address address = parse_address(text);
    return leads_to(address.path, file_) || leads_to(address.decoded, file_);
  } catch (const Error&) {
    return false;
  }

  const fs::path file_, scratch_;
};

}  // namespace

std::unique_ptr<Redirector> make_redirector(const std::string& live, const std::string& scratch) {
  return std::make_unique<FileRedirector>(live, scratch);
}

}  // namespace dbkeeper::sqlite
