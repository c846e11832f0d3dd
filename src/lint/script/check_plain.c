#include "lint/script/check_internal.h"

#include <string.h>

/* Half of all scripts is `npm ci` and its like. shellcheck looks at each for half a millisecond and has nothing to say. */

/* Programs of whose words shellcheck knows nothing; `echo` and `cd` it knows, but not without options and expansions. */
static const char *const programs[] = {
  "./gradlew", "./mvnw",  "apt-get", "brew", "bun",    "bundle", "cargo", "cd",     "cmake", "composer", "conda",  "ctest",      "deno",
  "docker",    "dotnet",  "echo",    "gem",  "gh",     "git",    "go",    "gradle", "helm",  "make",     "meson",  "mvn",        "mypy",
  "ninja",     "node",    "nox",     "npm",  "npx",    "php",    "pip",   "pip3",   "pipx",  "pnpm",     "poetry", "pre-commit", "pytest",
  "python",    "python3", "rake",    "ruff", "rustup", "swift",  "tox",   "twine",  "uv",    "uvx",      "yarn",
};

/* Words that look as if a line break was forgotten before them. */
static const char *const keywords[] = {"do", "done", "elif", "else", "esac", "fi", "function", "if", "select", "then", "time", "until", "while"};

static bool is_among(const char *word, size_t length, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
      return true;
  return false;
}

/* What a word may hold, bare or within quotes, without a shell looking at it. */
static bool is_harmless(char c, bool is_quoted) {
  return g_ascii_isalnum(c) || (c != '\0' && strchr(is_quoted ? "_./=:@,+%- ()?;" : "_./=:@,+%-", c) != NULL);
}

static bool is_end(char c) {
  return c == ' ' || c == '\t' || c == '\n';
}

/* The length of the word, as written, at `text`; 0 when it holds anything that a shell would look at. */
static size_t word_length(const char *text, size_t size) {
  bool is_quoted = *text == '"' || *text == '\'';
  size_t length = is_quoted;
  while (length < size && is_harmless(text[length], is_quoted))
    length++;
  if (is_quoted && (length == size || text[length] != *text))
    return 0;
  length += is_quoted;
  return length == size || is_end(text[length]) ? length : 0;
}

bool check_is_plain(const char *text, size_t size) {
  bool is_first = true, is_echo = false;
  for (size_t at = 0, length; at < size; at += length) {
    length = 1;
    is_first = is_first || text[at] == '\n';
    if (is_end(text[at]))
      continue;
    const char *word = text + at;
    length = word_length(word, size - at);
    if (length == 0 || (is_first && !is_among(word, length, programs, G_N_ELEMENTS(programs))))
      return false;
    if (!is_first && ((is_echo && *word == '-') || is_among(word, length, keywords, G_N_ELEMENTS(keywords))))
      return false;
    is_echo = is_first ? length == 4 && memcmp(word, "echo", length) == 0 : is_echo;
    is_first = false;
  }
  return true;
}
