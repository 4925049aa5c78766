#include "cli/redactor.h"

#include "support/catch.h"

using dbkeeper::cli::Redactor;

namespace {

std::string shown(std::string_view address, std::string_view text) {
  Redactor redactor;
  redactor.learn(address);
  return redactor(text);
}

}  // namespace

TEST_CASE("a known password is hidden wherever it appears") {
  CHECK(shown("postgres://bob:s3cret@h/d", "as3cretb, s3cret.") == "a***b, ***.");
  CHECK(shown("postgres://bob:p%40ss1@h/d", "p@ss1 or p%40ss1") == "*** or ***");
  CHECK(shown("host=h password='it\\'s 1' user=bob", "got it's 1") == "got ***");
  CHECK(shown("postgres://h/d?password=Secret9", "Secret9") == "***");
  CHECK(shown("postgres://h/d?sslpassword=Secret9", "Secret9") == "***");
}

TEST_CASE("what a server quotes of an address that it can't read is hidden as well") {
  CHECK(shown("u:Secr/3t@h", "invalid port number: \"Secr\"") == "invalid port number: \"***\"");
  CHECK(shown("u:Secr3t@h/d", "missing \"=\" after \"u:Secr3t@h/d\"") ==
        "missing \"=\" after \"u:***@h/d\"");
  CHECK(shown("postgres:/u:Secr3t@h/d", "no such file: Secr3t@h") == "no such file: ***@h");
}

TEST_CASE("a URL's password is hidden even if nobody knew it") {
  const Redactor redactor;
  CHECK(redactor("cannot open postgres://u:secret@h/d, really") ==
        "cannot open postgres://u:***@h/d, really");
  CHECK(redactor("'a://u:x@y@h' and b://v:z@h") == "'a://u:***@h' and b://v:***@h");
  CHECK(redactor("see https://example.org/a:b and mail x@y") ==
        "see https://example.org/a:b and mail x@y");
  CHECK(redactor("://") == "://");
  CHECK(redactor("a://b:") == "a://b:");
}

TEST_CASE("a password that is an ordinary word is hidden only where it stands alone") {
  CHECK(shown("postgres://bob:post@h/d", "post in postgresql") == "*** in postgresql");
}

TEST_CASE("a password that is also the user's or the database's name garbles no message") {
  CHECK(shown("postgres://postgres:postgres@h/app", "user \"postgres\" of postgresql") ==
        "user \"postgres\" of postgresql");
  CHECK(shown("postgres://postgres:postgres@h/app", "postgres://postgres:postgres@h/app") ==
        "postgres://postgres:***@h/app");
}

TEST_CASE("a password of one or two characters isn't searched for") {
  CHECK(shown("postgres://bob:ab@h/d", "about") == "about");
}

TEST_CASE("a secret within another doesn't uncover the rest of it") {
  Redactor redactor;
  redactor.hide("abc1");
  redactor.hide("abc1def2");
  CHECK(redactor("abc1def2 abc1") == "*** ***");
}
