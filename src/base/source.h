/* The text of a YAML file beside its tree: bytes for places, places for bytes, and how a scalar's text is written.
 *
 * Lines are YAML's: CR, LF, CRLF, NEL and the two Unicode separators end one. A byte order mark at the start is no column.
 * UTF-16, which YAML allows, has no bytes to point at: such a source counts as empty. Every question costs a few steps; the
 * first about a scalar reads it once, so questions about one scalar are best asked together. Any thread.
 */
#pragma once

#include "base/scalar_map.h"
#include "base/yaml.h"

typedef struct Source Source;

/* Borrows `text`, which may be NULL when it is empty. */
Source *source_new(const char *text, size_t size);
void source_free(Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_free)

const char *source_text(const Source *source, size_t *size);

/* The byte of a place; of one behind the last line or the last character, the size. */
size_t source_byte(const Source *source, Location location);
Location source_place(const Source *source, const char *file, size_t byte);

/* A line, counted from 1, without its line break; NULL behind the last. Not NUL-terminated. */
const char *source_line(const Source *source, unsigned line, size_t *length);

/* Where byte `offset` of a scalar's text stands in the file; where it is not written as itself, where that writing starts. */
Location source_locate(const Source *source, const YamlNode *scalar, size_t offset);

/* The byte of the file that is byte `offset` of a scalar's text; false, and `byte` left alone, where an escape, a fold or a
 * doubled quote hides it. */
bool source_offset_of(const Source *source, const YamlNode *scalar, size_t offset, size_t *byte) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes [start, end) that write a part of a scalar's text, escapes and all; false where they write more than that. */
bool source_range_of(const Source *source, const YamlNode *scalar, size_t offset, size_t length, size_t *start,
                     size_t *end) G_GNUC_WARN_UNUSED_RESULT;

ScalarWriting source_writing(const Source *source, const YamlNode *scalar);
