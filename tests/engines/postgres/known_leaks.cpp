// What LeakSanitizer is to pass over, asked for by its runtime before main().
extern "C" const char* __lsan_default_suppressions();

// libpqxx 6 drops a PGresult when the connection was lost while it was made: it asks the connection
// for its encoding, which throws, before anything owns the result.
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx-6"; }
