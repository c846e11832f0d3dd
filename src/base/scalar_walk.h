/* Walking a scalar's writing and its text side by side. Private to scalar_map.c, scalar_flow.c and scalar_block.c. */
#pragma once

#include "base/scalar_map.h"

/* A part of the text and its writing. The text ends where the next piece's begins. */
typedef struct {
  size_t offset;
  size_t byte, byte_end;
  bool itself; /* written as it is, byte by byte */
} ScalarPiece;

struct ScalarMap {
  GArray *pieces; /* ScalarPiece */
  size_t length;  /* how much of the text is mapped */
  bool whole;     /* which is all of it */
  size_t body;    /* where the writing of the first character would stand */
  ScalarWriting writing;
};

typedef struct {
  const char *text;
  size_t end;
  const YamlNode *scalar;
  ScalarMap *map;
} ScalarWalk;

/* Walks the writing that begins at `at` and adds its pieces to the map; false when the text is not what the file says. */
bool scalar_walk_flow(ScalarWalk *walk, size_t at);
bool scalar_walk_block(ScalarWalk *walk, size_t at);

/* The bytes [from, to) write `count` bytes of the text, which are `read`; false when the text says otherwise. */
bool scalar_add_piece(ScalarWalk *walk, const char *read, size_t count, size_t from, size_t to);

/* What stands at `at`: a line break of so many bytes (0: none), a space or a tab. Nothing at the end. */
size_t scalar_break_at(const ScalarWalk *walk, size_t at);
bool scalar_blank_at(const ScalarWalk *walk, size_t at);
/* What a line break reads as: all but the two Unicode separators become a line feed. */
void scalar_append_break(GString *out, const ScalarWalk *walk, size_t at);
