// Where rows come from and where they go: the two ends that engines and formats offer and core
// joins.
#pragma once

#include "dbkeeper/model/batch.h"

namespace dbkeeper {

class RowSource {
 public:
  virtual ~RowSource() = default;
  // Fills `batch` (cleared first) with the next rows; false once there are none left.
  virtual bool next(Batch& batch) = 0;
};

class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void write(const Batch& batch) = 0;
  // Everything was written: what can still fail, fails here. A sink destroyed before that is undone
  // with the transaction or file that it belongs to.
  virtual void finish() = 0;
};

}  // namespace dbkeeper
