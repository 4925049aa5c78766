#include "cli/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>

#include "cli/color.h"
#include "cli/error_report.h"
#include "cli/json_text.h"
#include "dbkeeper/base/printable.h"
#include "dbkeeper/base/utc.h"

namespace dbkeeper::cli {
namespace {

using namespace std::chrono_literals;

ProgressClock clock_of(const Style& style) {
  if (style.progress == Style::Show::redrawn) return ProgressClock(100ms, true);
  return ProgressClock(10s);
}

// {"time": …, "level": …} and the members of `rest`.
std::string json_line(std::string_view level, const Value& rest) {
  Value line = Value::object();
  line.set("time", rfc3339(std::chrono::system_clock::now())).set("level", level);
  for (const auto& [name, value] : std::get<Value::Object>(rest.data())) line.set(name, value);
  return json_text(line);
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// At most `width` characters, counted by what begins one in UTF-8.
std::string cut(const std::string& text, std::size_t width) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && ++characters > width)
      return text.substr(0, i);
  return text;
}

std::string prefix(std::string_view level, bool color) {
  if (level == "warning") return painted("warning: ", Paint::yellow, color);
  if (level == "debug") return painted("debug: ", Paint::gray, color);
  return "";
}

}  // namespace

Log::Log(const Style& style, const Redactor& redactor)
    : redactor_(redactor), style_(style), clock_(clock_of(style)) {}

Log::~Log() { wipe_progress(); }

void Log::set_style(const Style& style) {
  style_ = style;
  clock_ = clock_of(style);
}

void Log::debug(std::string_view message) {
  if (style_.verbose) say("debug", redactor_(message));
}

void Log::info(std::string_view message) {
  if (!style_.quiet) say("info", redactor_(message));
}

void Log::warn(std::string_view message) {
  std::string text = redactor_(message);
  {
    const std::scoped_lock lock(mutex_);
    warnings_.push_back(with_line_ends(text));
  }
  say("warning", std::move(text));
}

std::vector<std::string> Log::warnings() const {
  const std::scoped_lock lock(mutex_);
  return warnings_;
}

void Log::error(const Error& error) {
  const std::string text = style_.json_lines ? json_line("error", error_value(error, redactor_))
                                             : error_text(error, redactor_, style_.color);
  const std::scoped_lock lock(mutex_);
  write(text.ends_with('\n') ? text.substr(0, text.size() - 1) : text);
}

void Log::make_way() {
  const std::scoped_lock lock(mutex_);
  wipe_progress();
}

void Log::say(std::string_view level, std::string text) {
  const std::string line =
      style_.json_lines
          ? json_line(level, Value::object().set("message", with_line_ends(std::move(text))))
          : prefix(level, style_.color) + shown_lines(text);
  const std::scoped_lock lock(mutex_);
  write(line);
}

void Log::progress(const Progress& progress) {
  if (style_.progress == Style::Show::never) return;
  const std::scoped_lock lock(mutex_);
  if (progress.activity.empty()) return wipe_progress();
  const auto now = ProgressClock::Clock::now();
  if (!clock_.due(progress, now)) return;
  const auto elapsed = clock_.elapsed(now);
  if (style_.json_lines) return write(json_line("progress", progress_value(progress, elapsed)));
  const std::string text = one_line(progress_text(progress, elapsed));
  if (style_.progress == Style::Show::redrawn)
    redraw(text);
  else
    write(text);
}

void Log::write(const std::string& line) {
  wipe_progress();
  if (!lines_) {
    lines_ = std::make_unique<spdlog::logger>("dbkeeper",
                                              std::make_shared<spdlog::sinks::stderr_sink_mt>());
    lines_->set_pattern("%v");
  }
  lines_->info(line);
}

void Log::redraw(const std::string& line) {
  const std::string text = fmt::format("\r{}\x1b[K", cut(line, terminal_width() - 1));
  progress_shown_ = ::write(STDERR_FILENO, text.data(), text.size()) > 0;
}

void Log::wipe_progress() {
  if (!progress_shown_) return;
  progress_shown_ = false;
  constexpr std::string_view kWipe = "\r\x1b[K";
  if (::write(STDERR_FILENO, kWipe.data(), kWipe.size()) < 0) return;  // then there is none to see
}

}  // namespace dbkeeper::cli
