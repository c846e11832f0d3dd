/* The forms in which programs print a value when they encode or quote it. Private to this folder; what GitHub's runner knows and
 * more. Only what does not depend on neighbours is given: of base64, the characters that hold bits of the value alone. */
#pragma once

#include <stddef.h>

typedef void (*EncodingFunc)(const char *text, size_t length, void *user);

/* Hands each form of a value to `take`; many are alike, some are empty. The value as it is is not among them unless by accident. */
void encodings_each(const char *value, size_t length, EncodingFunc take, void *user);
