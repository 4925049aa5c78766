// The words of a manifest for what a stream is.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "dbkeeper/model/backup.h"

namespace dbkeeper::backup {

inline constexpr std::array<std::pair<StreamFormat, std::string_view>, 4> kStreamFormats = {
    {{StreamFormat::copy_binary, "copy_binary"},
     {StreamFormat::copy_text, "copy_text"},
     {StreamFormat::sql, "sql"},
     {StreamFormat::database_image, "database_image"}}};

inline constexpr std::array<std::pair<Packing, std::string_view>, 2> kPackings = {
    {{Packing::pieces, "pieces"}, {Packing::continuous, "continuous"}}};

template <class Words, class Meaning>
constexpr std::string_view word_for(const Words& words, Meaning meaning) {
  for (const auto& [known, word] : words)
    if (known == meaning) return word;
  return {};
}

}  // namespace dbkeeper::backup
