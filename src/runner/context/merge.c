#include "runner/context/merge.h"

#include "base/error.h"

static int count_bytes(const char *bytes, size_t size, void *data) {
  (void)bytes;
  size_t *left = data;
  if (size > *left)
    return -1;
  *left -= size;
  return 0;
}

static bool is_shallow(const json_t *value, unsigned depth) {
  const char *key;
  json_t *item;
  size_t index;
  if (depth > MERGE_MAX_DEPTH)
    return false;
  json_object_foreach ((json_t *)value, key, item)
    if (!is_shallow(item, depth + 1))
      return false;
  json_array_foreach (value, index, item)
    if (!is_shallow(item, depth + 1))
      return false;
  return true;
}

static void merge(json_t *target, const json_t *over) {
  const char *key;
  json_t *item;
  json_object_foreach ((json_t *)over, key, item) {
    json_t *below = json_object_get(target, key);
    if (json_is_object(below) && json_is_object(item))
      merge(below, item);
    else
      json_object_set_new(target, key, json_deep_copy(item));
  }
}

bool merge_over(json_t *target, const json_t *over, GError **error) {
  size_t left = MERGE_MAX_BYTES;
  if (!json_is_object(over))
    return error_set(error, DROVER_ERROR_INPUT, "the event is no JSON object: expected the payload that GitHub sends");
  if (!is_shallow(over, 1))
    return error_set(error, DROVER_ERROR_INPUT, "the event nests more than %d levels deep", MERGE_MAX_DEPTH);
  if (json_dump_callback(over, count_bytes, &left, JSON_COMPACT) != 0)
    return error_set(error, DROVER_ERROR_INPUT, "the event is larger than %zu MiB", MERGE_MAX_BYTES >> 20);
  merge(target, over);
  return true;
}
