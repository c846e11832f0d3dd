/* Reads the bytes as a lock file of actions; what is read must come out the same when it is written and read again. */
#include "base/error.h"
#include "runner/action/lock.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ActionLock) lock = action_lock_parse("fuzz", (const char *)data, size, &error);
  g_assert_true((lock == NULL) == error_is(error, DROVER_ERROR_INPUT));
  if (lock == NULL)
    return 0;
  g_autofree char *text = action_lock_text(lock);
  g_autoptr(ActionLock) again = action_lock_parse("fuzz", text, strlen(text), NULL);
  g_assert_nonnull(again);
  g_autofree char *same = action_lock_text(again);
  g_assert_cmpstr(same, ==, text);
  return 0;
}
