// A table in plain text: columns as wide as their widest cell, no frame, as psql -A and ls have it.
#pragma once

#include <string>
#include <vector>

namespace dbkeeper {

class TextTable {
 public:
  enum class Align { left, right };
  struct Heading {
    std::string title;
    Align align = Align::left;
  };

  explicit TextTable(std::vector<Heading> headings) : headings_(std::move(headings)) {}

  // Requires: as many cells as headings.
  void add(std::vector<std::string> row);
  bool empty() const { return rows_.empty(); }
  std::string text() const;

 private:
  std::vector<Heading> headings_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace dbkeeper
