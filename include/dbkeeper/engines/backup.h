// A whole database as bytes, and back. Engines make the bytes and take them; how an archive keeps
// them is the format's business.
//
//   auto source = database.begin_backup(options);
//   archive.add(source->files());  // beside the readers
//   for (each unit, over as many readers as there are jobs)
//     total = reader->read(unit, [&](std::string_view piece) { … });
//   source->finish();
//
//   auto target = begin_restore(address, description, …);  // engines/connect.h
//   target->check(files);
//   target->begin(files);
//   for (each piece of each stream, over as many writers as there are jobs)
//     writer->write(stream, piece);
//   target->complete();
//   target->commit();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbkeeper/model/backup.h"

namespace dbkeeper {

// Pieces of a stream are at most so large, unless a single row is larger.
inline constexpr std::size_t kBackupPiece = std::size_t{16} << 20;

struct BackupOptions {
  bool portable = false;     // rows as text throughout
  bool allow_empty = false;  // a database without any table is not an error
};

// A part of a stream that can be read beside the others, in whatever order, unless the stream is
// continuous: then it has one unit.
struct BackupUnit {
  std::size_t stream = 0;
  std::int64_t bytes = -1;  // about how many; -1: unknown
};

// The rows of a table that a unit had.
struct UnitRows {
  std::size_t table;  // in BackupDescription::tables
  RowTotal total;
};

// One thread at a time; readers of one source are used side by side.
class BackupReader {
 public:
  virtual ~BackupReader() = default;
  // Gives the unit's bytes, piece by piece (Packing says what a piece is), and says which rows they
  // were.
  virtual std::vector<UnitRows> read(std::size_t unit,
                                     const std::function<void(std::string_view piece)>& take) = 0;
};

// One moment of a database, to be read once. Destroyed: nothing of it is left anywhere.
class BackupSource {
 public:
  virtual ~BackupSource() = default;
  // Everything but totals, label and dbkeeper's version.
  virtual const BackupDescription& description() const = 0;
  // May wait for the program that writes them. Threads: one, while readers are used by others.
  virtual const std::vector<BackupFile>& files() = 0;
  virtual const std::vector<BackupUnit>& units() const = 0;
  // One more reader, outlived by the source; null, but for the first, where there's no room for it.
  virtual std::unique_ptr<BackupReader> reader() = 0;
  // All units were read: what can still be wrong with the copy (its integrity) is thrown here.
  virtual void finish() = 0;
};

struct RestoreOptions {
  int jobs = 1;
  bool end_sessions = true;  // others' sessions on the old database are ended; else Error(refused)
  int keep_old = 1;          // how many earlier databases that were put aside stay
  bool in_place = false;     // within the old database, even where one could be built beside it
};

// The database that a restore is about to replace.
struct RestorePlace {
  std::string name;
  std::string location, server;  // as DatabaseInfo has them
  bool exists = false;
  std::int64_t bytes = 0;
  std::vector<std::string> sessions;  // others that work with it: "pid 4711, user app, psql"
  std::string aside;  // what the old database will be called; empty where it is written over
};

// What a restore did.
struct RestoreReport {
  bool in_place = false;
  std::string put_aside;              // the old database's new name, or file; empty: there is none
  std::vector<std::string> left_out;  // owners and grants of roles that don't exist there, …
  std::vector<std::string> dropped;   // databases put aside earlier that are gone now
};

// One thread at a time; writers of one target are used side by side.
class RestoreWriter {
 public:
  virtual ~RestoreWriter() = default;
  // A piece, as a BackupReader gave it. Of a continuous stream in order, all by one writer.
  virtual void write(std::size_t stream, std::string_view piece) = 0;
};

// A database on its way back. Destroyed before commit(), it leaves the old one as it was, and
// nothing else.
class RestoreTarget {
 public:
  virtual ~RestoreTarget() = default;
  virtual const RestorePlace& place() const = 0;
  // What has to be known before anything is touched: Error(failed) with all that the role can't
  // drop, create or hold. Changes nothing.
  virtual void check(const std::vector<BackupFile>& files) = 0;
  // Whether the old database, if there is one, stays under another name and is its own safety copy.
  virtual bool keeps_old() const = 0;
  // Whether others can write to the old database until commit(): then its safety copy is made as
  // late as that, else before begin().
  virtual bool leaves_old_in_use() const { return false; }
  // The safety copy of a database that is to be written over is about to be made: from now on
  // others wait who want to write to it, and can read.
  virtual void hold_old() {}
  // The copy is made: whether it has everything, and nobody writes from then on. False: make
  // another one, after hold_old().
  virtual bool copy_has_all() { return true; }
  // The old database can't be backed up, since it is damaged: it is to stay under another name,
  // which an engine that builds the new one beside it does anyway. When the copy was to be made.
  virtual void put_old_aside() {}
  virtual void begin(const std::vector<BackupFile>& files) = 0;
  // How many writers can work side by side.
  virtual int most_writers() const = 0;
  virtual std::unique_ptr<RestoreWriter> writer() = 0;
  // All pieces are written: keys, indexes, and whatever else makes the database whole.
  virtual void complete() = 0;
  // By which engines/run_mark.h tells later whether commit() has happened, for who is killed within
  // it; empty: nothing does. Right before commit().
  virtual std::string mark() { return {}; }
  // The restored database takes the old one's place.
  virtual RestoreReport commit() = 0;
};

}  // namespace dbkeeper
