#include "core/in_order.h"

#include <stdexcept>
#include <thread>
#include <vector>

#include "support/catch.h"
#include "support/seed.h"

using namespace dbkeeper;
using namespace dbkeeper::testing;

namespace {

// What comes out: "<unit:text>" for each.
struct Out {
  std::string text;

  InOrder::Target target() {
    return {[this](std::size_t unit) { text += "<" + std::to_string(unit) + ":"; },
            [this](std::string_view piece) { text += piece; },
            [this](std::size_t, const RowTotal& total) {
              text += ":" + std::to_string(total.rows) + ">";
            }};
  }
};

Buffer buffer_of(std::string_view text) {
  Buffer buffer;
  buffer += text;
  return buffer;
}

void add(InOrder& in_order, std::size_t unit, std::string_view text) {
  Buffer buffer = buffer_of(text);
  CHECK(in_order.add(unit, buffer));
  CHECK(buffer.empty());
}

}  // namespace

TEST_CASE("pieces come out in the order of their units, whoever is first") {
  Out out;
  InOrder in_order(3, 100, out.target());
  for (std::size_t unit = 0; unit < 3; ++unit) CHECK(in_order.take() == unit);
  CHECK_FALSE(in_order.take());
  add(in_order, 1, "b");
  CHECK(out.text.empty());
  add(in_order, 0, "a");
  add(in_order, 0, "A");
  CHECK(out.text == "<0:aA");
  CHECK(in_order.finish(2, {}));
  add(in_order, 1, "B");
  CHECK(in_order.finish(1, {2, {}}));
  CHECK(out.text == "<0:aA");
  CHECK(in_order.finish(0, {1, {}}));
  CHECK(out.text == "<0:aA:1><1:bB:2><2::0>");
}

TEST_CASE("threads that run ahead wait for room, and all arrives") {
  const Seed seed;
  INFO(seed.hint());
  std::mt19937_64 dice = seed.dice();
  for (int round = 0; round < rounds(20); ++round) {
    const std::size_t units = 1 + dice() % 40;
    std::vector<std::vector<std::string>> pieces(units);
    std::string expected;
    for (std::size_t unit = 0; unit < units; ++unit) {
      expected += "<" + std::to_string(unit) + ":";
      for (std::size_t count = dice() % 6; count > 0; --count) {
        pieces[unit].emplace_back(1 + dice() % 30, static_cast<char>('a' + dice() % 26));
        expected += pieces[unit].back();
      }
      expected += ":" + std::to_string(pieces[unit].size()) + ">";
    }
    Out out;
    InOrder in_order(units, 20, out.target());
    {
      std::vector<std::jthread> threads;
      for (std::size_t count = 1 + dice() % 4; count > 0; --count)
        threads.emplace_back([&] {
          while (const auto unit = in_order.take()) {
            for (const std::string& piece : pieces[*unit]) {
              Buffer buffer = buffer_of(piece);
              if (!in_order.add(*unit, buffer)) return;
            }
            if (!in_order.finish(*unit, {pieces[*unit].size(), {}})) return;
          }
        });
    }
    in_order.rethrow_failure();
    REQUIRE(out.text == expected);
  }
}

TEST_CASE("a failure ends everybody's work, and the first one counts") {
  Out out;
  InOrder in_order(3, 1, out.target());
  in_order.take();
  in_order.take();
  add(in_order, 1, "waits for its turn");
  std::jthread stuck([&] {
    Buffer more = buffer_of("there is no room left for this");
    CHECK_FALSE(in_order.add(1, more));
  });
  in_order.fail(std::make_exception_ptr(std::runtime_error("first")));
  in_order.fail(std::make_exception_ptr(std::runtime_error("second")));
  stuck.join();
  CHECK_FALSE(in_order.take());
  Buffer text = buffer_of("x");
  CHECK_FALSE(in_order.add(0, text));
  CHECK_FALSE(in_order.finish(0, {}));
  CHECK_THROWS_WITH(in_order.rethrow_failure(), "first");
}
