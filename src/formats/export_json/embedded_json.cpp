#include "formats/export_json/embedded_json.h"

#include <algorithm>
#include <string>
#include <vector>

#include "dbkeeper/base/json_text.h"

namespace dbkeeper::export_json {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Where the string that begins at `at` ends, behind its quote.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at)
    if (json[at] == '\\') ++at;
  return std::min(at + 1, json.size());
}

// Goes through a text once and notes what keeps it from being embedded.
class Inspection {
 public:
  explicit Inspection(std::string_view json) : json_(json) {}

  Embedding embedding() {
    if (json_.empty() || is_space(json_.front()) || is_space(json_.back())) return Embedding::text;
    for (std::size_t at = 0; at < json_.size();) at = pass(at);
    if (broken_line_ || twice_ || deepest_ > kDeepest) return Embedding::text;
    return json_ == "null" || tag_at_top_ ? Embedding::value : Embedding::plain;
  }

 private:
  struct Level {
    bool object;
    bool key_next;          // the next string is a key
    std::size_t first_key;  // of this object's, in keys_
  };

  std::size_t pass(std::size_t at) {
    switch (json_[at]) {
      case '"':
        return pass_string(at);
      case '{':
      case '[':
        levels_.push_back({json_[at] == '{', json_[at] == '{', keys_.size()});
        deepest_ = std::max(deepest_, static_cast<int>(levels_.size()));
        break;
      case '}':
        leave_object();
        levels_.pop_back();
        break;
      case ']':
        levels_.pop_back();
        break;
      case ',':
        levels_.back().key_next = levels_.back().object;
        break;
      case '\n':
      case '\r':
        broken_line_ = true;
        break;
      default:
        break;
    }
    return at + 1;
  }

  std::size_t pass_string(std::size_t at) {
    const std::size_t end = end_of_string(json_, at);
    if (!levels_.empty() && levels_.back().key_next) {
      levels_.back().key_next = false;
      key_.clear();
      append_canonical_json(key_, json_.substr(at, end - at));
      keys_.emplace_back(key_.view());
      if (levels_.size() == 1 && keys_.back() == "\"$type\"") tag_at_top_ = true;
    }
    return end;
  }

  void leave_object() {
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(levels_.back().first_key);
    std::sort(first, keys_.end());
    if (std::adjacent_find(first, keys_.end()) != keys_.end()) twice_ = true;
    keys_.erase(first, keys_.end());
  }

  std::string_view json_;
  std::vector<Level> levels_;
  std::vector<std::string> keys_;  // of the objects that are open
  Buffer key_;
  int deepest_ = 0;
  bool broken_line_ = false;
  bool twice_ = false;
  bool tag_at_top_ = false;
};

}  // namespace

Embedding embedding_of(std::string_view json) { return Inspection(json).embedding(); }

}  // namespace dbkeeper::export_json
