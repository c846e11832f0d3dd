/* Uploads whose blocks come side by side. */
#include "base/error.h"
#include "base/fs.h"
#include "results/intake.h"

#include <string.h>

#define BLOCKS 64
#define BLOCK_BYTES ((size_t)50000)
#define PIECE_BYTES ((size_t)7000)
#define THREADS 8
#define SIZE_BYTES (BLOCKS * BLOCK_BYTES - 123) /* the last block is shorter */

typedef struct {
  Intake *upload;
  const char *content;
  const unsigned *order; /* which block is sent when */
  bool has_places;
  gint next; /* atomic */
} Sending;

static char *id_of(unsigned number) {
  g_autofree char *text = g_strdup_printf("block%06u", number);
  return g_base64_encode((const guchar *)text, strlen(text));
}

static void send_block(const Sending *sending, unsigned number) {
  g_autoptr(GError) error = NULL;
  IntakeBlock block = {0};
  g_autofree char *id = id_of(number);
  size_t offset = number * BLOCK_BYTES;
  size_t size = MIN(BLOCK_BYTES, SIZE_BYTES - offset);
  g_assert_true(intake_begin_block(sending->upload, id, sending->has_places ? (int64_t)offset : -1, (int64_t)size, &block, &error));
  for (size_t at = 0; at < size; at += PIECE_BYTES)
    g_assert_true(intake_write(sending->upload, &block, sending->content + offset + at, MIN(PIECE_BYTES, size - at), &error));
  g_assert_true(intake_end_block(sending->upload, &block, &error));
}

static void *send_some(void *data) {
  Sending *sending = data;
  for (int at = g_atomic_int_add(&sending->next, 1); at < BLOCKS; at = g_atomic_int_add(&sending->next, 1))
    send_block(sending, sending->order[at]);
  return NULL;
}

static void send_all(Sending *sending) {
  GThread *threads[THREADS];
  for (size_t i = 0; i < THREADS; i++)
    threads[i] = g_thread_new("send", send_some, sending);
  for (size_t i = 0; i < THREADS; i++)
    g_thread_join(threads[i]);
}

static bool commit(const Sending *sending, GError **error) {
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  for (unsigned i = 0; i < BLOCKS; i++)
    g_ptr_array_add(ids, id_of(i));
  return sending->has_places ? intake_commit_places(sending->upload, (int64_t)SIZE_BYTES, error)
                             : intake_commit_list(sending->upload, (const char *const *)ids->pdata, ids->len, error);
}

static void shuffle(unsigned order[BLOCKS], GRand *random) {
  for (unsigned i = 0; i < BLOCKS; i++)
    order[i] = i;
  for (unsigned i = BLOCKS - 1; i > 0; i--) {
    unsigned other = (unsigned)g_rand_int_range(random, 0, (gint32)i + 1), kept = order[i];
    order[i] = order[other];
    order[other] = kept;
  }
}

static void test_side_by_side(void) {
  static const struct {
    const char *claim;
    bool is_shuffled;
    bool has_places;
  } rows[] = {
    {"in order, by a list", false, false},
    {"in any order, by a list", true, false},
    {"in order, with places", false, true},
    {"in any order, with places", true, true},
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(GRand) random = g_rand_new_with_seed(1);
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "results", &error);
  g_autofree char *content = g_malloc(SIZE_BYTES);
  for (size_t i = 0; i < SIZE_BYTES; i++)
    content[i] = (char)g_rand_int(random);
  Digest expected = digest_bytes(content, SIZE_BYTES);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].claim);
    unsigned order[BLOCKS];
    shuffle(order, random);
    for (unsigned j = 0; !rows[i].is_shuffled && j < BLOCKS; j++)
      order[j] = j;
    const IntakeTarget target = {.kind = INTAKE_CACHE, .repository = (char[]){"a/b"}, .name = (char[]){"k"}};
    g_autoptr(Intake) upload = intake_new(dir, 1, &target, (int64_t)SIZE_BYTES, &error);
    Sending sending = {.upload = upload, .content = content, .order = order, .has_places = rows[i].has_places};
    send_all(&sending);
    g_assert_true(commit(&sending, &error));
    Digest digest = {0};
    int64_t size_bytes = 0;
    g_assert_true(intake_seal(upload, &digest, &size_bytes, &error));
    g_assert_cmpint(size_bytes, ==, SIZE_BYTES);
    g_assert_cmpstr(digest.text, ==, expected.text);
    g_autofree char *path = g_strdup_printf("%s/blob%zu", dir, i);
    g_autofree char *stored = NULL;
    gsize stored_bytes = 0;
    g_assert_true(intake_move(upload, path, &error));
    g_assert_true(g_file_get_contents(path, &stored, &stored_bytes, NULL));
    g_assert_cmpmem(stored, stored_bytes, content, SIZE_BYTES);
  }
  fs_remove_tree(dir, NULL);
}

/* A block that is sent again while the hash may have seen its first version. */
static void test_sent_again(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "results", &error);
  const IntakeTarget target = {.kind = INTAKE_CACHE, .repository = (char[]){"a/b"}, .name = (char[]){"k"}};
  for (int has_places = 0; has_places <= 1; has_places++) {
    g_autoptr(Intake) upload = intake_new(dir, 1, &target, 100, &error);
    static const struct {
      const char *text;
      bool ends;
    } sent[] = {{"abc", true}, {"xyz", false}, {"def", true}};
    for (size_t i = 0; i < G_N_ELEMENTS(sent); i++) {
      IntakeBlock block = {0};
      g_assert_true(intake_begin_block(upload, "YQ==", has_places != 0 ? 0 : -1, 3, &block, &error));
      g_assert_true(intake_write(upload, &block, sent[i].text, sent[i].ends ? 3 : 1, &error));
      if (sent[i].ends)
        g_assert_true(intake_end_block(upload, &block, &error));
      else
        intake_drop_block(upload, &block);
    }
    Digest digest = {0};
    int64_t size_bytes = 0;
    g_assert_true(has_places != 0 ? intake_commit_places(upload, 3, &error) : intake_commit_list(upload, (const char *const[]){"YQ=="}, 1, &error));
    g_assert_true(intake_seal(upload, &digest, &size_bytes, &error));
    g_assert_cmpstr(digest.text, ==, digest_bytes("def", 3).text);
  }
  fs_remove_tree(dir, NULL);
}

static void test_states(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = fs_temp_dir(g_get_tmp_dir(), "results", &error);
  const IntakeTarget target = {.kind = INTAKE_CACHE, .repository = (char[]){"a/b"}, .name = (char[]){"k"}};
  g_autoptr(Intake) upload = intake_new(dir, 1, &target, 100, &error);
  IntakeBlock block = {0}, other = {0};
  Digest digest = {0};
  int64_t size_bytes = 0;
  g_assert_false(intake_seal(upload, &digest, &size_bytes, NULL)); /* nothing is there */
  g_assert_false(intake_begin_block(upload, "a", -1, 101, &other, &error));
  g_assert_true(error_is(error, DROVER_ERROR_REFUSED));
  g_clear_error(&error);
  g_assert_true(intake_begin_block(upload, "a", -1, 3, &block, &error));
  g_assert_false(intake_commit_list(upload, (const char *const[]){"a"}, 1, &error)); /* it is still coming in */
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
  g_clear_error(&error);
  g_assert_true(intake_write(upload, &block, "abc", 3, &error));
  g_assert_false(intake_write(upload, &block, "d", 1, NULL)); /* more than was promised */
  g_assert_true(intake_end_block(upload, &block, &error));
  g_assert_true(intake_commit_list(upload, (const char *const[]){"a"}, 1, &error));
  g_assert_true(intake_commit_list(upload, (const char *const[]){"a"}, 1, &error)); /* the client did not get the answer */
  g_assert_true(intake_seal(upload, &digest, &size_bytes, &error));
  g_assert_false(intake_begin_block(upload, "b", -1, 3, &other, &error)); /* nothing reaches what is stored */
  g_assert_true(error_is(error, DROVER_ERROR_CONFLICT));
  fs_remove_tree(dir, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/results/intake/side-by-side", test_side_by_side);
  g_test_add_func("/results/intake/sent-again", test_sent_again);
  g_test_add_func("/results/intake/states", test_states);
  return g_test_run();
}
