#include "rollout/database_lock.h"

#include "base/error.h"

#include <string.h>

static void test_key_depends_on_both_names(void) {
  int64_t key = database_lock_key("shop", "dev");
  g_assert_cmpint(key, ==, database_lock_key("shop", "dev"));
  g_assert_cmpint(key, !=, database_lock_key("shop", "uat"));
  g_assert_cmpint(key, !=, database_lock_key("store", "dev"));
  g_assert_cmpint(database_lock_key("a-b", "c"), !=, database_lock_key("a", "b-c"));
}

static void test_addresses(void) {
  static const struct {
    const char *claim;
    const char *address;
    bool good;
  } rows[] = {
    {"the long scheme", "postgresql://shop:hunter22@db:5432/shop", true},
    {"the short scheme", "postgres://shop:hunter22@db/shop?sslmode=require", true},
    {"an escaped password", "postgresql://shop:p%40ss%2Fhunter22@db/shop", true},
    {"another database", "mysql://shop:hunter22@db/shop", false},
    {"a file", "sqlite:///hunter22", false},
    {"words", "host=db password=hunter22", false},
    {"a broken escape", "postgresql://shop:hunter22%4@db/shop", false},
    {"an option that libpq does not know", "postgresql://shop@db/shop?hunter22=1", false},
    {"nothing", "", false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    g_autoptr(GError) error = NULL;
    g_assert_true(database_address_check("DATABASE_URL", rows[i].address, &error) == rows[i].good);
    if (rows[i].good) {
      g_assert_no_error(error);
      continue;
    }
    g_assert_error(error, DROVER_ERROR, DROVER_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, "DATABASE_URL"));
    g_assert_null(strstr(error->message, "hunter22"));
  }
}

/* Port 1 of this machine: nothing listens there, and no name is asked for. */
static void test_unreachable_server(void) {
  g_autoptr(Secret) address = secret_new("postgresql://shop:hunter22@127.0.0.1:1/shop");
  g_autoptr(GError) error = NULL;
  DatabaseLock *lock = database_lock_take(&(DatabaseLockSpec){.secret_name = "DATABASE_URL",
                                                              .address = address,
                                                              .project = "shop",
                                                              .environment = "dev",
                                                              .wait_ms = 1000,
                                                              .clock = clock_system()},
                                          &error);
  g_assert_null(lock);
  g_assert_error(error, DROVER_ERROR, DROVER_ERROR_UNAVAILABLE);
  g_assert_null(strstr(error->message, "hunter22"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/database-lock/key", test_key_depends_on_both_names);
  g_test_add_func("/database-lock/addresses", test_addresses);
  g_test_add_func("/database-lock/unreachable", test_unreachable_server);
  return g_test_run();
}
