// Which key of a file became which key of the database, as a file for other programs:
//
//   {"users": [
//   {"old": [1], "new": [8]}
//   ]}
#pragma once

#include <functional>
#include <string_view>

#include "dbkeeper/base/stop.h"
#include "dbkeeper/engines/import.h"

namespace dbkeeper {

// Writes it as a stream: the tables of the plan of which any key became another one, in its order.
// Requires: find_rows() of this plan.
void write_id_map(Import& import, const ImportPlan& plan,
                  const std::function<void(std::string_view)>& output, const Stop& stop);

}  // namespace dbkeeper
