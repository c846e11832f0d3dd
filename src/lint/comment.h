/* Where the comments of a YAML file are, which its tree does not tell. Private to this folder. */
#pragma once

#include "base/source.h"
#include "base/yaml.h"

typedef struct {
  unsigned line;                    /* that it stands in, from 1 */
  unsigned column, end_column;      /* of its '#', and behind it */
  bool alone;                       /* nothing else is on its line */
  unsigned block_first, block_last; /* lines of the block of text under `run:` that it is a shell comment of; 0: a comment of YAML */
} Comment;

typedef struct CommentMap CommentMap;

/* Borrows both. */
CommentMap *comment_map_new(const YamlDocument *document, const Source *source);
void comment_map_free(CommentMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CommentMap, comment_map_free)

/* False when no comment holds the byte. To be asked in the order of the file. */
bool comment_map_find(CommentMap *map, size_t byte, Comment *comment);

/* The first line from `line` on that has more than blanks and a comment; a line behind the last when there is none. */
unsigned comment_map_next_line(CommentMap *map, unsigned line);
/* The last such line up to `line`; 0 when there is none. */
unsigned comment_map_last_line(CommentMap *map, unsigned line);
/* The line on which the block of text starts that `line` is in, where a comment may stand behind its header; 0: it is in none. */
unsigned comment_map_header(const CommentMap *map, unsigned line);
