/* How the text of a YAML scalar is written in its file, byte by byte: what stands there as itself, and what an escape, a fold
 * or a doubled quote stands for. Every piece is held against the scalar's text while the map is made, so a map is right or
 * says that it does not know. Used through base/source.h.
 */
#pragma once

#include "base/yaml.h"

typedef enum { SCALAR_PLAIN, SCALAR_SINGLE, SCALAR_DOUBLE, SCALAR_LITERAL, SCALAR_FOLDED } ScalarStyle;

typedef struct {
  ScalarStyle style;
  size_t start;    /* behind anchor and tag: the first character, the opening quote, the | or > */
  size_t end;      /* behind the last character or the closing quote; of a block, behind its last line, without the line
                      break unless trailing blank lines belong to the text */
  unsigned indent; /* of a block's lines, in spaces */
} ScalarWriting;

typedef struct ScalarMap ScalarMap;

/* `text` is the file's, `start` and `end` are the bytes of the scalar's location and end. Linear in both texts. */
ScalarMap *scalar_map_new(const char *text, size_t start, size_t end, const YamlNode *scalar);
void scalar_map_free(ScalarMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScalarMap, scalar_map_free)

ScalarWriting scalar_map_writing(const ScalarMap *map);

/* The byte of the file that is byte `offset` of the text; the text's length gives the byte behind it. False where the text is
 * not written as itself; `byte` is then where its writing starts, or stays alone when even that is not known. */
bool scalar_map_byte(const ScalarMap *map, size_t offset, size_t *byte);

/* The bytes [start, end) of the file that write `length` bytes of the text; false where they write more than that. */
bool scalar_map_range(const ScalarMap *map, size_t offset, size_t length, size_t *start, size_t *end);

/* How many bytes YAML's line break at `at` has, which is less than `size`; 0: there is none. */
size_t yaml_break_length(const char *text, size_t at, size_t size);

/* Past the anchor and the tag at `at`, if there are any, and the blanks, line breaks and comments behind them. */
size_t yaml_skip_properties(const char *text, size_t at, size_t end);
