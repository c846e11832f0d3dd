/* Names that nobody else has made. */
#pragma once

/* 26 letters and digits, sorted by the time they were made (the ULID layout: 48 bits of milliseconds, 80 random bits,
 * Crockford's base 32, lower case). Transfer full. */
char *id_new(void);
