#include "rollout/migrate.h"

#include <string.h>

#define WORDS_MAX_BYTES 2000
#define CONNECTION_CHECK_VERSION 140000

MigrationResult migration_classify(int exit_status, const char *standard_error) {
  static const char *const marks[] = {"55P03", "lock timeout", "LockNotAvailable", "lock_not_available"};
  if (exit_status == 0)
    return MIGRATION_DONE;
  for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
    if (strstr(standard_error, marks[i]) != NULL)
      return MIGRATION_LOCKED;
  return MIGRATION_FAILED;
}

char *migration_last_words(const char *output, unsigned lines) {
  g_autofree char *valid = g_utf8_make_valid(output, -1);
  g_auto(GStrv) all = g_strsplit(valid, "\n", -1);
  GString *words = g_string_new(NULL);
  for (guint i = g_strv_length(all), kept = 0; i-- > 0 && kept < lines;) {
    g_strchomp(all[i]);
    if (all[i][strspn(all[i], " \t\r")] == '\0')
      continue;
    if (words->len + strlen(all[i]) + 1 > WORDS_MAX_BYTES)
      break;
    if (kept++ > 0)
      g_string_prepend_c(words, '\n');
    g_string_prepend(words, all[i]);
  }
  return g_string_free(words, FALSE);
}

char *migration_options(const char *existing, int64_t lock_timeout_ms, int server_version) {
  return g_strdup_printf("%s%s-c lock_timeout=%" G_GINT64_FORMAT "%s", existing != NULL ? existing : "", existing != NULL ? " " : "", lock_timeout_ms,
                         server_version >= CONNECTION_CHECK_VERSION ? " -c client_connection_check_interval=1000" : "");
}
