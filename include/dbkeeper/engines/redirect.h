// A program that works with a database, run with another database of the same engine instead.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace dbkeeper {

// Names and values, each name once.
using Variables = std::vector<std::pair<std::string, std::string>>;

// What a program is started with.
struct ProgramStart {
  // All that the program would see: the environment's, and those of files that it reads by itself
  // (.env) where the environment has none of that name.
  Variables environment;
  std::vector<std::string> words;  // the program first
};

struct Redirection {
  Variables set;                   // to be set in the program's environment; secrets are in it
  std::vector<std::string> unset;  // to be taken out of it
  std::vector<std::string> words;  // all of them, those that named the live database rewritten
  // Variables that were found to name the live database, by themselves or by the file that they
  // lead to; safe to print. Empty: the program must know the database from somewhere else.
  std::vector<std::string> found;
  // Variables that hold the address of a database of the same name on another host, which may be
  // the live one by another way (a pooler's host); they are left alone.
  std::vector<std::string> doubtful;
  // Whether the program is known to be led to the scratch database by anything: one of `found`, a
  // word that names it or is {url}, or reads a variable that is set, or a client that looks at PG*
  // by itself.
  bool leads = false;
};

// From the live database to the scratch one, both addresses as open_database takes them. Every
// variable whose value is an address of the live database, in any dialect, is rewritten in its own
// one, user, password and parameters kept; so is one that is just the database's name where its own
// name says that it is one (POSTGRES_DB, DB_NAME), or the path of its file. The same host and
// name at another port is taken for a pooler's way to it, and gets the live database's port. A
// variable NAME_FILE whose file holds such a thing is replaced by NAME. Besides, the variables that
// clients look at by themselves are set: DATABASE_URL and DBKEEPER_URL where they aren't, PG*, and,
// where there is any of them, POSTGRES_*. {url} in a word is the scratch database's URL.
// An address that can't be read, or of different engines, is Error(usage).
Redirection redirect(const std::string& live, const std::string& scratch,
                     const ProgramStart& program);

// The words with the database's URL for {url}. The address is as open_database takes it.
std::vector<std::string> with_url(std::vector<std::string> words, const std::string& address,
                                  const Variables& environment);

// Files in the folder, and below it, that seem to name the database by themselves, relative to it:
// "alembic.ini". A bounded look: the usual kinds of settings and sources, of at most 1 MB, some
// hundreds of them. Nothing if the address can't be read.
std::vector<std::string> files_that_name(const std::string& live,
                                         const std::filesystem::path& folder);

// The same of sources that read DATABASE_URL, which whoever looks is about to set.
std::vector<std::string> files_that_read_the_url(const std::filesystem::path& folder);

}  // namespace dbkeeper
