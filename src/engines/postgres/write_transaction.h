// A session in a transaction that writes. Destroyed before commit(), the transaction is rolled
// back.
#pragma once

#include <memory>

#include "engines/postgres/sessions.h"

namespace dbkeeper::postgres {

class WriteTransaction {
 public:
  explicit WriteTransaction(std::shared_ptr<Sessions> sessions);
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;

  Session& operator*() const { return *session_; }
  Session* operator->() const { return &*session_; }
  const std::shared_ptr<Sessions>& sessions() const { return session_.sessions(); }

  // Error(failed) too if a statement of it has failed before.
  void commit();

 private:
  Loan session_;
  bool open_ = true;
};

}  // namespace dbkeeper::postgres
