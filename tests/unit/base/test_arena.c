/* What an arena promises of the memory it gives. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  const char *claim;
  size_t size_bytes;
} SizeRow;

static const SizeRow size_rows[] = {
  {"no bytes have a place of their own", 0},
  {"one byte", 1},
  {"a size that is no multiple of the alignment", 41},
  {"about a chunk", 4096},
  {"a little more", 4097},
  {"more than a chunk", 300000},
};

static void test_size(const void *data) {
  enum { ROUNDS = 50 };
  const SizeRow *row = data;
  g_autoptr(Arena) arena = arena_new();
  uint8_t *given[ROUNDS];

  for (int i = 0; i < ROUNDS; i++) {
    given[i] = arena_alloc(arena, row->size_bytes);
    g_assert_cmpuint((uintptr_t)given[i] % alignof(max_align_t), ==, 0);
    for (size_t at = 0; at < row->size_bytes; at++)
      g_assert_cmpuint(given[i][at], ==, 0);
    memset(given[i], i + 1, row->size_bytes);
  }
  for (int i = 0; i < ROUNDS; i++) {
    for (size_t at = 0; at < row->size_bytes; at++)
      g_assert_cmpuint(given[i][at], ==, i + 1);
    g_assert_true(i == 0 || given[i] != given[i - 1]);
  }
}

static void test_mixed_sizes(void) {
  g_autoptr(Arena) arena = arena_new();
  char *first = arena_strdup(arena, "first");
  char *large = arena_alloc(arena, 100000);
  memset(large, 'x', 100000);
  char *second = arena_strdup(arena, "second");
  g_assert_cmpstr(first, ==, "first");
  g_assert_cmpstr(second, ==, "second");
  g_assert_cmpint(second - first, <, 100);
}

static void test_copies(void) {
  g_autoptr(Arena) arena = arena_new();
  g_assert_cmpstr(arena_strdup(arena, ""), ==, "");
  g_assert_null(arena_strdup(arena, NULL));
  g_assert_cmpstr(arena_printf(arena, "%s-%d", "a", 1), ==, "a-1");
  g_assert_cmpmem(arena_memdup(arena, "a\0b", 3), 3, "a\0b", 3);
  g_assert_null(arena_memdup(arena, "", 0));
  g_assert_null(arena_array(arena, int, 0));
  g_assert_cmpmem(arena_strndup(arena, "a\0b", 3), 4, "a\0b", 4);
}

static void test_overflow(void) {
  if (g_test_subprocess()) {
    g_autoptr(Arena) arena = arena_new();
    volatile size_t count = G_MAXSIZE / 2; /* or the compiler sees it coming */
    (void)!arena_array_alloc(arena, 3, count);
    return;
  }
  g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed();
  g_test_trap_assert_stderr("*arena: * items of 3 bytes*");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(size_rows); i++) {
    g_autofree char *path = g_strdup_printf("/arena/size/%s", size_rows[i].claim);
    g_test_add_data_func(path, &size_rows[i], test_size);
  }
  g_test_add_func("/arena/a large piece does not end the chunk in use", test_mixed_sizes);
  g_test_add_func("/arena/copies are whole", test_copies);
  g_test_add_func("/arena/a count that overflows ends the process", test_overflow);
  return g_test_run();
}
