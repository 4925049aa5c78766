#include "support/type_mapping.h"

#include <fstream>
#include <stdexcept>

namespace dbkeeper::testing {
namespace {

constexpr const char* kPage = DBKEEPER_DOCS "/type-mapping.md";
constexpr std::string_view kRefused = "refused: ";

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> out;
  for (std::size_t at = 1; at < line.size();) {
    const std::size_t end = std::min(line.find('|', at), line.size());
    std::string cell = line.substr(at, end - at);
    cell.erase(0, cell.find_first_not_of(' '));
    cell.erase(cell.find_last_not_of(' ') + 1);
    out.push_back(std::move(cell));
    at = end + 1;
  }
  return out;
}

std::string code_of(const std::string& cell) {
  if (cell.size() < 2 || cell.front() != '`' || cell.back() != '`')
    throw std::runtime_error("no code: " + cell);
  return cell.substr(1, cell.size() - 2);
}

MappingExample example_of(const std::string& line, int number) {
  const auto cells = cells_of(line);
  if (cells.size() != 5) throw std::runtime_error("not five cells: " + line);
  MappingExample out{number, code_of(cells[0]), code_of(cells[1]), code_of(cells[2]), {}, {}};
  if (cells[3].starts_with(kRefused))
    out.refused = cells[3].substr(kRefused.size());
  else
    out.arrives = code_of(cells[3]);
  return out;
}

}  // namespace

std::vector<MappingExample> mapping_examples(Direction direction) {
  const std::string title = direction == Direction::into_postgres ? "## From SQLite to PostgreSQL"
                                                                  : "## From PostgreSQL to SQLite";
  std::vector<MappingExample> out;
  std::ifstream page(kPage);
  bool here = false;
  int number = 0;
  for (std::string line; std::getline(page, line);) {
    ++number;
    if (line.starts_with("## ")) here = line == title;
    if (here && line.starts_with("| `")) out.push_back(example_of(line, number));
  }
  if (out.empty()) throw std::runtime_error("no examples under " + title);
  return out;
}

}  // namespace dbkeeper::testing
