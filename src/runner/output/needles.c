#include "runner/output/needles.h"

#include <stdint.h>
#include <string.h>

/* ---- the tree: a node a beginning of a needle, its edges in one hash table ---- */

#define ROOT 1u
#define NODE_BITS 28 /* an edge is one word: the node it leaves, the byte, the node it reaches */
#define ENDS 1u      /* a needle ends at this node */
#define GOES_ON 2u   /* a longer needle goes through it */
#define SLOT_BITS_FIRST 10

/* Needles of `least` bytes and more: every `stride`-th place of a text is asked, by `gram` bytes; an occurrence holds one such
 * place among its first `stride` whatever its alignment, because least = gram + stride - 1. */
typedef struct {
  size_t least, gram, stride;
} Tier;

static const Tier tiers[] = {{1, 1, 1}, {2, 2, 1}, {4, 4, 1}, {8, 4, 5}, {16, 4, 13}};

#define FILTER_BITS 16

struct Needles {
  uint64_t *slots; /* 0: free */
  unsigned slot_bits;
  GByteArray *flags; /* a node: ENDS, GOES_ON; [0] is no node */
  size_t longest;
  bool multiline;                         /* a needle goes on behind a newline */
  uint16_t *filters[G_N_ELEMENTS(tiers)]; /* a gram's hash -> bit n: a needle holds it at offset n; NULL: no needle in the tier */
};

Needles *needles_new(void) {
  Needles *needles = g_new0(Needles, 1);
  needles->slot_bits = SLOT_BITS_FIRST;
  needles->slots = g_new0(uint64_t, (size_t)1 << SLOT_BITS_FIRST);
  needles->flags = g_byte_array_new();
  g_byte_array_append(needles->flags, (const guint8[]){0, 0}, ROOT + 1);
  return needles;
}

void needles_free(Needles *needles) {
  for (size_t i = 0; i < G_N_ELEMENTS(tiers); i++)
    g_free(needles->filters[i]);
  g_byte_array_unref(needles->flags);
  g_free(needles->slots);
  g_free(needles);
}

size_t needles_size(const Needles *needles) {
  return ((size_t)1 << needles->slot_bits) * sizeof *needles->slots + needles->flags->len;
}

/* The slot of an edge, or the free one where it belongs. */
static uint64_t *find_slot(const Needles *needles, uint64_t key) {
  size_t last = ((size_t)1 << needles->slot_bits) - 1;
  size_t at = (size_t)((key * 0x9E3779B97F4A7C15u) >> (64 - needles->slot_bits));
  while (needles->slots[at] != 0 && needles->slots[at] >> NODE_BITS != key)
    at = (at + 1) & last;
  return &needles->slots[at];
}

static inline uint64_t edge_key(uint32_t node, char byte) {
  return (uint64_t)node << 8 | (unsigned char)byte;
}

/* The node that a byte leads to; 0: none. */
static inline uint32_t step(const Needles *needles, uint32_t node, char byte) {
  return (uint32_t)(*find_slot(needles, edge_key(node, byte)) & (((uint64_t)1 << NODE_BITS) - 1));
}

static void grow(Needles *needles) {
  g_autofree uint64_t *old = needles->slots;
  size_t count = (size_t)1 << needles->slot_bits++;
  needles->slots = g_new0(uint64_t, count * 2);
  for (size_t i = 0; i < count; i++)
    if (old[i] != 0)
      *find_slot(needles, old[i] >> NODE_BITS) = old[i];
}

static uint32_t add_node(Needles *needles, uint32_t parent, char byte) {
  if (needles->flags->len * 2 > (size_t)1 << needles->slot_bits)
    grow(needles);
  uint32_t node = needles->flags->len;
  g_assert(node < 1u << NODE_BITS);
  g_byte_array_append(needles->flags, (const guint8[]){0}, 1);
  needles->flags->data[parent] |= GOES_ON;
  *find_slot(needles, edge_key(parent, byte)) = edge_key(parent, byte) << NODE_BITS | node;
  return node;
}

/* ---- the filters ---- */

/* `gram` is a constant wherever this is inlined: in the search, too. */
static inline size_t hash_gram(const char *text, size_t gram) {
  uint32_t value = (unsigned char)text[0];
  if (gram == 2)
    value |= (uint32_t)(unsigned char)text[1] << 8;
  if (gram < 4)
    return value;
  memcpy(&value, text, sizeof value);
  return (value * 0x9E3779B1u) >> (32 - FILTER_BITS);
}

static void add_to_filter(Needles *needles, const char *text, size_t length) {
  size_t i = G_N_ELEMENTS(tiers) - 1;
  while (tiers[i].least > length)
    i--;
  if (needles->filters[i] == NULL)
    needles->filters[i] = g_new0(uint16_t, (size_t)1 << FILTER_BITS);
  for (size_t offset = 0; offset < tiers[i].stride; offset++)
    needles->filters[i][hash_gram(text + offset, tiers[i].gram)] |= (uint16_t)(1u << offset);
}

static void add_piece(Needles *needles, const char *text, size_t length) {
  uint32_t node = ROOT;
  for (size_t i = 0; i < length; i++) {
    uint32_t next = step(needles, node, text[i]);
    node = next != 0 ? next : add_node(needles, node, text[i]);
  }
  if (needles->flags->data[node] & ENDS)
    return;
  needles->flags->data[node] |= ENDS;
  needles->longest = MAX(needles->longest, length);
  needles->multiline |= memchr(text, '\n', length - 1) != NULL;
  add_to_filter(needles, text, length);
}

void needles_add(Needles *needles, const char *text, size_t length) {
  for (size_t at = 0; at + NEEDLE_MAX_BYTES < length; at += NEEDLE_MAX_BYTES)
    add_piece(needles, text + at, NEEDLE_MAX_BYTES);
  size_t last = MIN(length, NEEDLE_MAX_BYTES); /* overlaps the one before it, so that no piece is too short to be a secret */
  if (last > 0)
    add_piece(needles, text + length - last, last);
}

/* ---- the search ---- */

/* The longest needle at the start of a text; 0: none. */
static size_t longest_at(const Needles *needles, const char *text, size_t length) {
  size_t best = 0;
  uint32_t node = ROOT;
  for (size_t i = 0; i < length && (node = step(needles, node, text[i])) != 0; i++)
    if (needles->flags->data[node] & ENDS)
      best = i + 1;
  return best;
}

static void add_range(GArray *ranges, size_t start, size_t end) {
  NeedleRange *last = ranges->len > 0 ? &g_array_index(ranges, NeedleRange, ranges->len - 1) : NULL;
  if (last == NULL || start > last->end || end < last->start) {
    NeedleRange range = {start, end};
    g_array_append_val(ranges, range);
    return;
  }
  last->start = MIN(last->start, start);
  last->end = MAX(last->end, end);
}

/* `at` is a place that the filter knows; `offsets` says where needles that hold its bytes may begin. */
static void verify(const Needles *needles, const char *text, size_t length, size_t at, unsigned offsets, GArray *ranges) {
  for (; offsets != 0; offsets &= offsets - 1) {
    size_t offset = (size_t)__builtin_ctz(offsets);
    if (offset > at)
      return;
    size_t found = longest_at(needles, text + at - offset, length - at + offset);
    if (found > 0)
      add_range(ranges, at - offset, at - offset + found);
  }
}

static inline void scan(const Needles *needles, const uint16_t *filter, const char *text, size_t length, size_t gram, size_t stride, GArray *ranges) {
  size_t at = 0;
  for (; at + 3 * stride + gram <= length; at += 4 * stride) {
    unsigned found[4];
    for (size_t i = 0; i < 4; i++)
      found[i] = filter[hash_gram(text + at + i * stride, gram)];
    if (G_LIKELY((found[0] | found[1] | found[2] | found[3]) == 0))
      continue;
    for (size_t i = 0; i < 4; i++)
      verify(needles, text, length, at + i * stride, found[i], ranges);
  }
  for (; at + gram <= length; at += stride)
    verify(needles, text, length, at, filter[hash_gram(text + at, gram)], ranges);
}

static void scan_tier(const Needles *needles, size_t tier, const char *text, size_t length, GArray *ranges) {
  const uint16_t *filter = needles->filters[tier];
  if (tiers[tier].gram == 1)
    scan(needles, filter, text, length, 1, 1, ranges);
  else if (tiers[tier].gram == 2)
    scan(needles, filter, text, length, 2, 1, ranges);
  else
    scan(needles, filter, text, length, 4, tiers[tier].stride, ranges);
}

static int by_start(const void *left, const void *right) {
  size_t a = ((const NeedleRange *)left)->start, b = ((const NeedleRange *)right)->start;
  return a < b ? -1 : a > b ? 1 : 0;
}

static void join_ranges(GArray *ranges) {
  if (ranges->len < 2)
    return;
  g_array_sort(ranges, by_start);
  NeedleRange *list = &g_array_index(ranges, NeedleRange, 0);
  guint kept = 0;
  for (guint i = 1; i < ranges->len; i++) {
    if (list[i].start <= list[kept].end)
      list[kept].end = MAX(list[kept].end, list[i].end);
    else
      list[++kept] = list[i];
  }
  g_array_set_size(ranges, kept + 1);
}

GArray *needles_find(const Needles *needles, const char *text, size_t length) {
  GArray *ranges = g_array_new(FALSE, FALSE, sizeof(NeedleRange));
  for (size_t i = 0; i < G_N_ELEMENTS(tiers); i++)
    if (needles->filters[i] != NULL)
      scan_tier(needles, i, text, length, ranges);
  join_ranges(ranges);
  return ranges;
}

size_t needles_unfinished(const Needles *needles, const char *text, size_t length) {
  if (needles->longest == 0 || length == 0 || (text[length - 1] == '\n' && !needles->multiline))
    return length;
  for (size_t start = length - MIN(length, needles->longest - 1); start < length; start++) {
    uint32_t node = ROOT;
    for (size_t i = start; i < length && node != 0; i++)
      node = step(needles, node, text[i]);
    if (node != 0 && needles->flags->data[node] & GOES_ON)
      return start;
  }
  return length;
}
