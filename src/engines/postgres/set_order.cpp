#include "engines/postgres/set_order.h"

#include <algorithm>
#include <map>

namespace dbkeeper::postgres {
namespace {

// Tarjan, "Depth-first search and linear graph algorithms": strongly connected components, each
// after those that it leads to.
class Search {
 public:
  explicit Search(const std::function<std::vector<std::size_t>(std::size_t)>& behind)
      : behind_(behind) {}

  std::vector<std::vector<std::size_t>> run(std::size_t target) {
    visit(target);
    return std::move(components_);
  }

 private:
  struct Node {
    std::size_t number;
    std::size_t low;
    bool open = true;
  };

  std::size_t visit(std::size_t set) {
    const std::size_t number = nodes_.size();
    nodes_[set] = {number, number};
    stack_.push_back(set);
    for (const std::size_t next : behind_(set)) {
      const auto seen = nodes_.find(next);
      if (seen == nodes_.end())
        nodes_[set].low = std::min(nodes_[set].low, visit(next));
      else if (seen->second.open)
        nodes_[set].low = std::min(nodes_[set].low, seen->second.number);
    }
    const std::size_t low = nodes_[set].low;
    if (low == number) close(set);
    return low;
  }

  void close(std::size_t root) {
    const auto begin = std::find(stack_.begin(), stack_.end(), root);
    std::vector<std::size_t>& component = components_.emplace_back(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    for (const std::size_t set : component) nodes_[set].open = false;
    std::sort(component.begin(), component.end());
  }

  const std::function<std::vector<std::size_t>(std::size_t)>& behind_;
  std::map<std::size_t, Node> nodes_;
  std::vector<std::size_t> stack_;
  std::vector<std::vector<std::size_t>> components_;
};

}  // namespace

std::vector<std::vector<std::size_t>> in_order(
    std::size_t target, const std::function<std::vector<std::size_t>(std::size_t)>& behind) {
  return Search(behind).run(target);
}

}  // namespace dbkeeper::postgres
