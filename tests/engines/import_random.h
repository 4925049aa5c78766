// Small imports as the dice say: a schema, rows that are in the database, a file, and what is to be
// done with it.
#pragma once

#include <random>
#include <string>

#include "support/import_run.h"

namespace dbkeeper::testing {

using Dice = std::mt19937_64;

// One in `of`.
inline bool chance(Dice& dice, unsigned of) { return dice() % of == 0; }

struct RandomImport {
  Schema schema;
  RowsByTable target;
  ImportFile file;
  ImportChoice choice;

  std::string text() const;  // all of it, to be read by who looks for the bug
};

RandomImport random_import(Dice& dice);

// Its parts. Rows obey the rules of the schema.
Schema random_schema(Dice& dice);
RowsByTable random_rows(const Schema& schema, Dice& dice);
// The same rows under other numbers, some changed, some gone, some new.
RowsByTable varied(const Schema& schema, RowsByTable rows, Dice& dice);
// Takes rows and references away until all rules are obeyed.
void repair(const Schema& schema, RowsByTable& rows);

}  // namespace dbkeeper::testing
