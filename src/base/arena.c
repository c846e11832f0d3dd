#include "base/arena.h"

#include <obstack.h>
#include <string.h>

#define obstack_chunk_alloc g_malloc
#define obstack_chunk_free g_free

struct Arena {
  struct obstack memory;
};

Arena *arena_new(void) {
  Arena *arena = g_new0(Arena, 1);
  obstack_init(&arena->memory);
  return arena;
}

void arena_free(Arena *arena) {
  obstack_free(&arena->memory, NULL);
  g_free(arena);
}

void *arena_alloc(Arena *arena, size_t size_bytes) {
  return memset(obstack_alloc(&arena->memory, size_bytes), 0, size_bytes);
}

void *arena_array_alloc(Arena *arena, size_t item_bytes, size_t count) {
  size_t size_bytes;
  if (count == 0)
    return NULL;
  if (!g_size_checked_mul(&size_bytes, item_bytes, count))
    g_error("arena: %zu items of %zu bytes", count, item_bytes);
  return arena_alloc(arena, size_bytes);
}

char *arena_strndup(Arena *arena, const char *text, size_t length) {
  return obstack_copy0(&arena->memory, text, length);
}

char *arena_strdup(Arena *arena, const char *text) {
  return text != NULL ? arena_strndup(arena, text, strlen(text)) : NULL;
}

void *arena_memdup(Arena *arena, const void *memory, size_t size_bytes) {
  return size_bytes > 0 ? obstack_copy(&arena->memory, memory, size_bytes) : NULL;
}

char *arena_printf(Arena *arena, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return arena_strdup(arena, text);
}
