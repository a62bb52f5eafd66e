#include <sqlite3.h>

// sqlite3_config takes anything behind the option, which Swift cannot call.

static inline int belepo_sqlite_keeps_no_memory_statistics(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
