/* What clients of block blobs and of the first cache protocol write beside JSON: lists of blocks as XML, and Content-Range. Pure
 * functions over outside bytes. Private to results/. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCKS_MAX 50000
#define BLOCK_ID_MAX_BYTES 128

/* Whether a block may be called so: base64 of at most 64 bytes. `text` may be NULL. */
bool block_id_is_valid(const char *text);

/* The ids of <BlockList><Latest>id</Latest>...</BlockList>, in order; <Committed> and <Uncommitted> count as <Latest>. GPtrArray of
 * char *, transfer full. INPUT for anything else: it is not read as XML in general. */
GPtrArray *block_list_parse(const char *text, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "bytes <first>-<last>/<size or *>". `header` may be NULL. */
bool chunk_range_parse(const char *header, int64_t *first, int64_t *last);
