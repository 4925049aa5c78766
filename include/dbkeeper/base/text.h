// Text for people: sizes, counts, lists, and the nearest spelling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper {

std::string human_size(
    std::int64_t bytes);  // "731 MB", "8 KB", "0 B"; powers of 1,000 as disks have them
std::string human_count(std::int64_t number);                    // "6,213,000"
std::string plural(std::int64_t number, std::string_view noun);  // "1 table", "12 tables"
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string lower_ascii(std::string_view text);

// The candidate a user most likely meant: few edits away (a swap of neighbours is one), the case
// ignored; none if nothing is near. Of equally near ones the first.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// "; did you mean 'users'?" or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

// Whether a word stands in a text, with no letter, digit or underscore before or behind it.
bool mentions(std::string_view text, std::string_view word);

// Whether `text` matches a pattern in which `*` stands for any characters and `?` for one.
bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace dbkeeper
