/* Memory that is given piece by piece and freed at once: trees and models that live and die as one.
 * Nothing in an arena is freed alone. One thread at a time while it grows; what lies in it may be read by any.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arena, arena_free)

/* Zeroed memory for any type; never NULL. */
void *arena_alloc(Arena *arena, size_t size_bytes);

/* A zeroed array; NULL when `count` is 0. */
#define arena_array(arena, type, count) ((type *)arena_array_alloc(arena, sizeof(type), count))
void *arena_array_alloc(Arena *arena, size_t item_bytes, size_t count);

/* Copies; `length` bytes and a NUL behind them. */
char *arena_strndup(Arena *arena, const char *text, size_t length);
char *arena_strdup(Arena *arena, const char *text); /* NULL gives NULL */
void *arena_memdup(Arena *arena, const void *memory, size_t size_bytes);
char *arena_printf(Arena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);
