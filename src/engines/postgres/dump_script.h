// A script as pg_dump writes it, taken apart: its entries, and the statements of each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbkeeper::postgres {

// What one comment of pg_dump heads: an object, or what belongs to it.
struct ScriptEntry {
  std::string type;  // "TABLE", "FK CONSTRAINT", "ACL"; empty before the first heading
  std::string name;
  std::vector<std::string> statements;  // without their semicolons
  // The SETs that hold where it begins, the last one of each name, as they stand in the script.
  std::vector<std::string> settings;
};

// Error(input) if the script ends within a statement, or has commands that only psql knows.
std::vector<ScriptEntry> parse_script(std::string_view script);

// The script without the lines that psql alone understands and that differ from dump to dump:
// \restrict, \unrestrict. Those of other commands stay.
std::string without_restrictions(std::string_view script);

// The major version of the pg_dump that wrote it, as it says at its top; 0 where it says nothing.
int writer_of(std::string_view script);

// SET name = value at the top of a script.
struct ScriptSetting {
  std::string name;                // as the server knows it
  std::size_t begin = 0, end = 0;  // its place, the semicolon included
};
// Those that set one of the server's own settings. Error(input) as of parse_script.
std::vector<ScriptSetting> settings_in(std::string_view script);
// The name in such a statement; empty for any other.
std::string setting_of(std::string_view statement);

// A statement's words: identifiers as the server knows them (folded, or without their quotes),
// anything else as it stands. Comments and white space are no words.
struct Word {
  std::string text;
  bool quoted = false;     // an identifier in quotes: never a keyword
  std::string_view place;  // in the statement
  bool is(std::string_view keyword) const { return !quoted && text == keyword; }
};
std::vector<Word> words_of(std::string_view statement);

}  // namespace dbkeeper::postgres
