#include "core/cell_conversion.h"

#include "core/leaning_conversion.h"
#include "core/moment_conversion.h"
#include "core/typed_conversion.h"

namespace dbkeeper {

std::unique_ptr<CellConverter> make_converter(const Type& from, const Column& to,
                                              const ForeignValues& values) {
  if (to.type.affinity != Affinity::typed) return leaning_converter(from, to);
  if (auto converter = moment_converter(to.type, values)) return converter;
  return typed_converter(to.type);
}

}  // namespace dbkeeper
