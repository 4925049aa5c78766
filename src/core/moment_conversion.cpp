#include "core/moment_conversion.h"

#include <algorithm>
#include <string_view>

#include "core/moment.h"

namespace dbkeeper {
namespace {

using Refusal = std::optional<std::string>;

class MomentConverter final : public CellConverter {
 public:
  MomentConverter(Family to, const ForeignValues& values)
      : to_(to), numbers_(values.milliseconds) {}

  Refusal convert(const CellView& cell, Batch& out) override {
    switch (cell.kind) {
      case CellKind::plain:
      case CellKind::text:
        if (!is_beyond_iso(cell.text)) return convert_text(cell.text, out);
        out.add(CellKind::text, cell.text);
        return std::nullopt;
      case CellKind::integer:
        return convert_number(numbers_.read(cell.integer), out);
      case CellKind::real:
      case CellKind::single:
        return convert_number(numbers_.read(cell.real), out);
      default:
        return "is no date or time";
    }
  }

 private:
  Refusal convert_text(std::string_view text, Batch& out) const {
    const auto moment = parse_moment(text);
    return moment ? convert_moment(*moment, out) : "is no date or time";
  }

  Refusal convert_number(const NumberedMoments::Reading& reading, Batch& out) const {
    if (to_ == Family::time) return "is a number, which no time of day is";
    if (!reading.microseconds) return reading.why_not;
    return convert_moment(moment_at(*reading.microseconds), out);
  }

  Refusal convert_moment(const Moment& moment, Batch& out) const {
    if (to_ == Family::time) return convert_time(moment, out);
    if (moment.date.empty()) return "has no date";
    if (to_ == Family::timestamptz) {
      add_whole(moment, moment.offset.empty() ? "Z" : std::string_view(moment.offset), out);
      return std::nullopt;
    }
    // The clock that it was shown by would be lost.
    if (!moment.offset.empty() && !moment.is_utc())
      return "has an offset from UTC, which the column can't keep";
    if (to_ == Family::date && !moment.at_midnight()) return "has a time of day";
    if (to_ == Family::date)
      out.add(CellKind::text, moment.date);
    else
      add_whole(moment, {}, out);
    return std::nullopt;
  }

  static void add_whole(const Moment& moment, std::string_view offset, Batch& out) {
    const std::string_view time = moment.time.empty() ? "00:00:00" : std::string_view(moment.time);
    char* to = out.add_space(CellKind::text, moment.date.size() + 1 + time.size() + offset.size());
    for (const std::string_view part :
         {std::string_view(moment.date), std::string_view("T"), time, offset})
      to = std::copy(part.begin(), part.end(), to);
  }

  static Refusal convert_time(const Moment& moment, Batch& out) {
    if (!moment.date.empty()) return "has a date";
    if (!moment.offset.empty()) return "has an offset from UTC, which the column can't keep";
    out.add(CellKind::text, moment.time);
    return std::nullopt;
  }

  const Family to_;
  NumberedMoments numbers_;
};

}  // namespace

std::unique_ptr<CellConverter> moment_converter(const Type& to, const ForeignValues& values) {
  switch (to.family) {
    case Family::date:
    case Family::time:
    case Family::timestamp:
    case Family::timestamptz:
      return std::make_unique<MomentConverter>(to.family, values);
    default:
      return nullptr;
  }
}

}  // namespace dbkeeper
