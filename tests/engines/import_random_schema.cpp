#include <algorithm>

#include "engines/import_random.h"

namespace dbkeeper::testing {
namespace {

using Names = std::vector<std::string>;

// A table under construction: its sketch and what others need to know of it.
struct Draft {
  std::string name;
  TableSketch sketch;
  Names reference_columns;  // of the sketch's foreign keys, one column each
  // What others may refer to, the primary key first.
  std::vector<Names> keys;
  // If the first column of a composite key is a reference itself: to which table's key.
  std::string owner;
};

class Drawer {
 public:
  explicit Drawer(Dice& dice) : dice_(dice) {}

  Schema draw() {
    static const Names kNames = {"a", "b", "c", "d", "e"};
    const std::size_t count = 1 + dice_() % 4 + (chance(dice_, 5) ? 1 : 0);
    for (std::size_t i = 0; i < count; ++i) add_table(kNames[i]);
    close_circles();
    std::vector<Table> tables;
    for (const Draft& draft : drafts_) tables.push_back(draft.sketch);
    return schema_of(tables);
  }

 private:
  void add_table(const std::string& name) {
    Draft draft{name, TableSketch(name), {}, {}, {}};
    add_primary_key(draft);
    draft.sketch.text("name");
    if (chance(dice_, 3)) draft.sketch.or_null();
    draft.sketch.text("note").or_null();
    if (chance(dice_, 3)) add_reference(draft, any_draft());
    if (!chance(dice_, 3)) add_reference(draft, any_draft());
    if (chance(dice_, 3)) add_self_reference(draft);
    add_unique_keys(draft);
    drafts_.push_back(std::move(draft));
  }

  const Draft* any_draft() {
    return drafts_.empty() ? nullptr : &drafts_[dice_() % drafts_.size()];
  }

  void add_primary_key(Draft& draft) {
    const auto die = dice_() % 12;
    const Draft* parent = any_draft();
    if (die < 2 && parent && !parent->keys.empty()) return add_composite_key(draft, *parent);
    if (die == 2) {
      draft.sketch.text("code").primary({"code"});
      draft.keys.push_back({"code"});
    } else if (die == 3) {
      return;  // none
    } else if (die == 4 && parent && parent->name != draft.name && has_number(*parent)) {
      draft.sketch.number("id", origin()).refers({"id"}, parent->name);  // one to one
      draft.keys.push_back({"id"});
    } else {
      draft.sketch.number("id", origin());
      draft.keys.push_back({"id"});
    }
  }

  Origin origin() {
    static const std::vector<Origin> kOrigins = {Origin::serial, Origin::autoincrement,
                                                 Origin::identity_always};
    return kOrigins[dice_() % kOrigins.size()];
  }

  static bool has_number(const Draft& draft) {
    return !draft.keys.empty() && draft.keys.front() == Names{"id"};
  }

  // (parent, part), or two parents: a join table.
  void add_composite_key(Draft& draft, const Draft& parent) {
    if (parent.keys.front().size() > 1) return add_composite_reference(draft, parent);
    const std::string first = add_reference(draft, &parent, false);
    const Draft* other = any_draft();
    std::string second = "part";
    if (chance(dice_, 2) && !other->keys.empty() && other->keys.front().size() == 1)
      second = add_reference(draft, other, false);
    else
      draft.sketch.integer("part");
    draft.sketch.primary({first, second});
    draft.keys.push_back({first, second});
    draft.owner = parent.name;
  }

  // Adds a reference to a key of the parent; its column, of several the first, or nothing.
  std::string add_reference(Draft& draft, const Draft* parent, bool may_be_null = true) {
    if (!parent || parent->keys.empty()) return {};
    const Names& key = parent->keys[may_be_null ? dice_() % parent->keys.size() : 0];
    if (key.size() > 1) {
      add_composite_reference(draft, *parent);
      return {};
    }
    const std::string column = free_name(draft, parent->name + "_" + key.front());
    add_column(draft, column, *parent, key.front());
    if (may_be_null && chance(dice_, 2)) draft.sketch.or_null();
    draft.sketch.refers({column}, parent->name, key);
    draft.reference_columns.push_back(column);
    return column;
  }

  // Sometimes with a reference of its own for the column that the parent refers by: two keys that
  // share a column.
  void add_composite_reference(Draft& draft, const Draft& parent) {
    const Names& key = parent.keys.front();
    Names columns;
    for (const std::string& to : key) {
      columns.push_back(free_name(draft, parent.name + "_" + to));
      add_column(draft, columns.back(), parent, to);
      if (chance(dice_, to == key.front() ? 4 : 2)) draft.sketch.or_null();
    }
    draft.sketch.refers(columns, parent.name, key);
    if (chance(dice_, 3)) return;
    const Table table = parent.sketch;
    const ForeignKey& owner = table.foreign_keys.front();
    if (owner.columns == Names{key.front()})
      draft.sketch.refers({columns.front()}, owner.references.name, owner.to);
  }

  void add_self_reference(Draft& draft) {
    if (!has_number(draft)) return;
    draft.sketch.integer("up");
    if (!chance(dice_, 4)) draft.sketch.or_null();
    draft.sketch.refers({"up"}, draft.name);
    draft.reference_columns.push_back("up");
  }

  void add_unique_keys(Draft& draft) {
    const auto die = dice_() % 10;
    Names named = {"name"};
    if (!draft.reference_columns.empty() && !chance(dice_, 3))
      named.insert(named.begin(),
                   draft.reference_columns[dice_() % draft.reference_columns.size()]);
    if (die < 5) {
      draft.sketch.unique(named);
      if (named.size() == 1) draft.keys.push_back(named);
    } else if (die == 5) {
      draft.sketch.unique_lower("name");
    } else if (die == 6) {
      draft.sketch.text("deleted").or_null().unique_while_null(named, "deleted");
    }
    if (chance(dice_, 4)) {
      draft.sketch.text("nick").or_null().unique({"nick"});
      draft.keys.push_back({"nick"});
    }
    if (chance(dice_, 8) && !draft.reference_columns.empty())  // a rule, no identity
      draft.sketch.integer("rank").unique({draft.reference_columns.front(), "rank"});
  }

  // References from earlier tables to later ones, now that these are there.
  void close_circles() {
    if (drafts_.size() < 2 || !chance(dice_, 2)) return;
    const std::size_t early = dice_() % (drafts_.size() - 1);
    const std::size_t late = early + 1 + dice_() % (drafts_.size() - early - 1);
    if (!has_number(drafts_[late])) return;
    const std::string column = free_name(drafts_[early], drafts_[late].name + "_ring");
    drafts_[early].sketch.integer(column);
    if (chance(dice_, 2)) drafts_[early].sketch.or_null();
    drafts_[early].sketch.refers({column}, drafts_[late].name);
    if (chance(dice_, 3)) drafts_[early].sketch.unique({column, "name"});
  }

  void add_column(Draft& draft, const std::string& column, const Draft& parent,
                  const std::string& to) {
    const Table table = parent.sketch;
    if (table.find_column(to)->type.family == Family::integer)
      draft.sketch.integer(column);
    else
      draft.sketch.text(column);
  }

  static std::string free_name(const Draft& draft, const std::string& wanted) {
    const Table table = draft.sketch;
    return table.find_column(wanted) ? free_name(draft, wanted + "2") : wanted;
  }

  Dice& dice_;
  std::vector<Draft> drafts_;
};

}  // namespace

Schema random_schema(Dice& dice) { return Drawer(dice).draw(); }

}  // namespace dbkeeper::testing
