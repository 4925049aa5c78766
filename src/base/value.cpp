#include "dbkeeper/base/value.h"

namespace dbkeeper {

Value& Value::set(std::string name, Value value) & {
  if (is_null()) data_ = Object{};
  std::get<Object>(data_).emplace_back(std::move(name), std::move(value));
  return *this;
}

}  // namespace dbkeeper
