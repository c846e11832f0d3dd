#include "results/keys.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/id.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <string.h>
#include <unistd.h>

#define RSA_BITS 2048
#define KEY_FILE_MAX_BYTES ((size_t)16 << 10)

/* Puts the bytes under `path` unless another process did so first. */
static bool publish(const char *path, const void *bytes, size_t size, GError **error) {
  g_autofree char *id = id_new();
  g_autofree char *aside = g_strconcat(path, ".", id, NULL);
  if (!fs_write(aside, bytes, size, 0600, error))
    return false;
  int code = link(aside, path) < 0 && errno != EEXIST ? errno : 0;
  unlink(aside);
  g_autofree char *folder = g_path_get_dirname(path);
  return code == 0 ? fs_sync_dir(folder, error) : error_set_errno(error, code, "%s: cannot be made", path);
}

bool keys_secret(const char *dir, uint8_t secret[SECRET_BYTES], GError **error) {
  g_autofree char *path = g_build_filename(dir, "token.key", NULL);
  if (access(path, F_OK) < 0 && errno == ENOENT) {
    uint8_t made[SECRET_BYTES];
    if (RAND_bytes(made, sizeof made) != 1)
      return error_set(error, DROVER_ERROR_INTERNAL, "the machine gives no random bytes");
    if (!publish(path, made, sizeof made, error))
      return false;
  }
  size_t size = 0;
  g_autofree char *bytes = fs_read(path, KEY_FILE_MAX_BYTES, &size, error);
  if (bytes == NULL)
    return false;
  if (size != SECRET_BYTES)
    return error_set(error, DROVER_ERROR_CORRUPT, "%s: is not a key of drover; remove it to have a new one made", path);
  memcpy(secret, bytes, SECRET_BYTES);
  return true;
}

static bool make_identity(const char *path, GError **error) {
  EVP_PKEY *key = EVP_RSA_gen(RSA_BITS);
  BIO *out = BIO_new(BIO_s_mem());
  char *text = NULL;
  bool written = key != NULL && out != NULL && PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) == 1;
  long size = written ? BIO_get_mem_data(out, &text) : 0;
  bool made = size > 0 ? publish(path, text, (size_t)size, error) : error_set(error, DROVER_ERROR_INTERNAL, "OpenSSL made no RSA key");
  BIO_free(out);
  EVP_PKEY_free(key);
  return made;
}

EVP_PKEY *keys_identity(const char *dir, GError **error) {
  g_autofree char *path = g_build_filename(dir, "identity.pem", NULL);
  if (access(path, F_OK) < 0 && errno == ENOENT && !make_identity(path, error))
    return NULL;
  size_t size = 0;
  g_autofree char *text = fs_read(path, KEY_FILE_MAX_BYTES, &size, error);
  if (text == NULL)
    return NULL;
  BIO *in = BIO_new_mem_buf(text, (int)size);
  EVP_PKEY *key = in != NULL ? PEM_read_bio_PrivateKey(in, NULL, NULL, NULL) : NULL;
  BIO_free(in);
  if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
    g_clear_pointer(&key, EVP_PKEY_free);
    error_set(error, DROVER_ERROR_CORRUPT, "%s: is not an RSA key; remove it to have a new one made", path);
  }
  return key;
}
