#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)16 * 1024)
#define STEP_BYTES alignof(max_align_t)

typedef struct Chunk Chunk;

struct Chunk {
  Chunk *before;
  alignas(max_align_t) uint8_t bytes[];
};

struct Arena {
  Chunk *newest;
  uint8_t *next; /* free bytes of the chunk in use, zeroed */
  size_t left_bytes;
};

Arena *arena_new(void) {
  return g_new0(Arena, 1);
}

void arena_free(Arena *arena) {
  while (arena->newest != NULL) {
    Chunk *chunk = arena->newest;
    arena->newest = chunk->before;
    g_free(chunk);
  }
  g_free(arena);
}

static uint8_t *add_chunk(Arena *arena, size_t size_bytes) {
  Chunk *chunk = g_malloc0(sizeof(Chunk) + size_bytes);
  chunk->before = arena->newest;
  arena->newest = chunk;
  return chunk->bytes;
}

/* A large piece gets a chunk of its own, so that it does not waste the rest of the one in use. */
void *arena_alloc(Arena *arena, size_t size_bytes) {
  if (size_bytes > G_MAXSSIZE / 2)
    g_error("arena: %zu bytes", size_bytes);

  size_t step = (MAX(size_bytes, 1) + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
  if (step > CHUNK_BYTES / 4)
    return add_chunk(arena, step);
  if (step > arena->left_bytes) {
    arena->next = add_chunk(arena, CHUNK_BYTES);
    arena->left_bytes = CHUNK_BYTES;
  }
  void *memory = arena->next;
  arena->next += step;
  arena->left_bytes -= step;
  return memory;
}

void *arena_array_alloc(Arena *arena, size_t item_bytes, size_t count) {
  size_t size_bytes = 0;
  if (count == 0)
    return NULL;
  if (!g_size_checked_mul(&size_bytes, item_bytes, count))
    g_error("arena: %zu items of %zu bytes", count, item_bytes);
  return arena_alloc(arena, size_bytes);
}

char *arena_strndup(Arena *arena, const char *text, size_t length) {
  char *copy = arena_alloc(arena, length + 1);
  if (length > 0)
    memcpy(copy, text, length);
  return copy;
}

char *arena_strdup(Arena *arena, const char *text) {
  return text != NULL ? arena_strndup(arena, text, strlen(text)) : NULL;
}

void *arena_memdup(Arena *arena, const void *memory, size_t size_bytes) {
  return size_bytes > 0 ? memcpy(arena_alloc(arena, size_bytes), memory, size_bytes) : NULL;
}

char *arena_printf(Arena *arena, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return arena_strdup(arena, text);
}
