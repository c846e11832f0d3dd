/* The text of a file, for finding places in it: the line of a byte, the byte of a character inside a scalar. */
#pragma once

#include "base/yaml.h"

typedef struct Source Source;

/* The text of a file, for finding the place of a byte inside a scalar. Borrows `text`. */
Source *source_new(const char *text, size_t size);
void source_free(Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_free)

/* Where byte `offset` of a scalar's text stands in the file; where quoting hides it, where the scalar starts. */
Location source_locate(const Source *source, const YamlNode *scalar, size_t offset);
