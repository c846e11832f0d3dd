/* Where a block lies in the upload's file. Clients send blocks of one size side by side and number them in their ids, so a block's number
 * tells its place before the list of blocks does, and nothing need be copied at the end. A guess that fails costs that copy. */
#include "results/intake_internal.h"

#include <string.h>

#define NUMBER_DIGITS 5 /* of the highest number that a list of blocks can hold */

/* The number at the end of a block's id, as clients make them; -1 when there is none. */
static int64_t number_of(const char *id) {
  gsize size = 0;
  g_autofree guchar *text = g_base64_decode(id, &size);
  int64_t number = 0, weight = 1;
  gsize digits = 0;
  for (; digits < MIN(size, NUMBER_DIGITS) && g_ascii_isdigit(text[size - 1 - digits]); digits++, weight *= 10)
    number += (text[size - 1 - digits] - '0') * weight;
  return digits > 0 ? number : -1;
}

/* Takes a slot of the file; false when the block is none, or another has it. */
static bool claim(Intake *upload, int64_t offset, int64_t size_bytes) {
  bool is_slot = upload->stride_bytes > 0 && size_bytes <= upload->stride_bytes && offset % upload->stride_bytes == 0;
  return is_slot && g_hash_table_add(upload->slots, g_memdup2(&offset, sizeof offset));
}

/* Where the id says that the block lies; -1 when it says nothing, or there is no room. */
static int64_t guess_by_id(const Intake *upload, const char *id, int64_t size_bytes) {
  int64_t number = number_of(id), guess = 0;
  int64_t end = upload->tail_bytes >= 0 ? upload->tail_bytes : upload->max_bytes;
  bool is_known = number >= 0 && !__builtin_mul_overflow(number, upload->stride_bytes, &guess);
  return is_known && guess <= end - size_bytes ? guess : -1;
}

int64_t intake_place(Intake *upload, const char *id, int64_t offset, int64_t size_bytes, bool *is_fresh) {
  if (upload->stride_bytes == 0)
    upload->stride_bytes = size_bytes;
  *is_fresh = true;
  if (offset >= 0) {
    *is_fresh = claim(upload, offset, size_bytes);
    return offset;
  }
  int64_t guess = guess_by_id(upload, id, size_bytes);
  if (guess >= 0 && claim(upload, guess, size_bytes))
    return guess;
  if (upload->tail_bytes < 0)
    upload->tail_bytes = upload->end_bytes;
  return upload->end_bytes;
}
