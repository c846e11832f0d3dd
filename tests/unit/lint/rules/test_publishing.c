/* What is published, from which caches and with which passwords, and the images that all runs in. */
#include "cases.h"

#define JOB(on, job, steps) "on: " on "\njobs:\n  a:\n    runs-on: ubuntu-latest\n" job "    steps:\n" steps
#define TAGGED(steps) JOB("{push: {tags: ['*']}}", "", steps)
#define GO "      - uses: actions/setup-go@v5\n"
#define INPUT(action, with) "      - uses: " action "\n        with: {" with "}\n"
#define ENABLED(action, with)                                                                                                                        \
  TAGGED(INPUT(action, with)), {                                                                                                                     \
    "6:15 regular high can be built from a cache"                                                                                                    \
  }
#define PERHAPS(action, with)                                                                                                                        \
  TAGGED(INPUT(action, with)), {                                                                                                                     \
    "6:15 regular high may be built from a cache"                                                                                                    \
  }
#define DISABLED(action, with)                                                                                                                       \
  TAGGED(INPUT(action, with)), {                                                                                                                     \
    NULL                                                                                                                                             \
  }
#define RUN(script)                                                                                                                                  \
  JOB("push", "", "      - run: " script "\n"), {                                                                                                    \
    "6:14 regular informational with a password that lasts"                                                                                          \
  }
#define QUIET(script)                                                                                                                                \
  JOB("push", "", "      - run: " script "\n"), {                                                                                                    \
    NULL                                                                                                                                             \
  }
#define IMAGE(image) JOB("push", "    container: " image "\n", "      - run: x\n")
#define MATRIX(matrix) JOB("push", "    container: ${{ matrix.image }}\n    strategy: {matrix: " matrix "}\n", "      - run: x\n")
#define DIGEST "sha256:f3302f1e3ff5f4d94d6a7d3f2e148b2cca81073dc03822b6b16300b6319dd178"

static const LintCase cases[] = {
  /* cache-poisoning: when */
  {"a-tag",
   "cache-poisoning",
   NULL,
   TAGGED(GO),
   {"6:15 regular high a release or a tag starts this, and what is published can be built from a cache"}},
  {"a-release", "cache-poisoning", NULL, JOB("release", "", GO), {"6:15 regular high "}},
  {"a-release-among-others", "cache-poisoning", NULL, JOB("[push, release]", "", GO), {"6:15 regular high "}},
  {"a-release-branch",
   "cache-poisoning",
   NULL,
   JOB("{push: {branches: [main, 'Release/**']}}", "", GO),
   {"6:15 regular high a release branch starts this"}},
  {"a-publishing-step",
   "cache-poisoning",
   NULL,
   JOB("push", "", GO "      - uses: pypa/gh-action-pypi-publish@v1\n"),
   {"6:15 regular high this job publishes"}},
  {"a-pushed-image", "cache-poisoning", NULL, JOB("push", "", GO INPUT("docker/build-push-action@v6", "push: true")), {"6:15 regular high "}},
  {"an-image-that-stays", "cache-poisoning", NULL, JOB("push", "", GO INPUT("docker/build-push-action@v6", "push: false")), {NULL}},
  {"nothing-published", "cache-poisoning", NULL, JOB("push", "", GO), {NULL}},
  {"another-branch", "cache-poisoning", NULL, JOB("{push: {branches: [main]}}", "", GO), {NULL}},
  {"branches-left-out", "cache-poisoning", NULL, JOB("{push: {branches-ignore: [release]}}", "", GO), {NULL}},

  /* cache-poisoning: what */
  {"off", "cache-poisoning", NULL, DISABLED("actions/setup-go@v5", "cache: false")},
  {"off-in-capitals", "cache-poisoning", NULL, DISABLED("actions/setup-go@v5", "cache: 'FALSE'")},
  {"perhaps-off", "cache-poisoning", NULL, PERHAPS("actions/setup-go@v5", "cache: '${{ inputs.x }}'")},
  {"off-by-itself", "cache-poisoning", NULL, DISABLED("actions/setup-python@v5", "x: 1")},
  {"a-package-manager", "cache-poisoning", NULL, ENABLED("actions/setup-python@v5", "cache: pip")},
  {"an-empty-one", "cache-poisoning", NULL, DISABLED("actions/setup-python@v5", "cache: ''")},
  {"on-by-itself-in-node", "cache-poisoning", NULL, ENABLED("actions/setup-node@v5", "x: 1")},
  {"off-in-node", "cache-poisoning", NULL, DISABLED("actions/setup-node@v5", "package-manager-cache: false")},
  {"on-in-node-all-the-same", "cache-poisoning", NULL, ENABLED("actions/setup-node@v5", "package-manager-cache: false, cache: npm")},
  {"an-input-that-prevents", "cache-poisoning", NULL, DISABLED("actions/cache@v4", "lookup-only: true")},
  {"an-input-that-does-not-prevent", "cache-poisoning", NULL, ENABLED("actions/cache@v4", "lookup-only: false")},
  {"without-inputs", "cache-poisoning", NULL, ENABLED("Mozilla-Actions/sccache-action@v1", "x: 1")},
  {"an-older-uv", "cache-poisoning", NULL, ENABLED("astral-sh/setup-uv@v9.1", "x: 1")},
  {"a-newer-uv", "cache-poisoning", NULL, DISABLED("astral-sh/setup-uv@v10", "x: 1")},
  {"a-newer-uv-with-a-cache", "cache-poisoning", NULL, ENABLED("astral-sh/setup-uv@v10", "enable-cache: true")},
  {"an-unknown-uv", "cache-poisoning", NULL, PERHAPS("astral-sh/setup-uv@main", "x: 1")},
  {"two-inputs-that-have-to-hold", "cache-poisoning", NULL, ENABLED("docker/setup-buildx-action@v3", "version: v0.1")},
  {"one-that-does-not", "cache-poisoning", NULL, DISABLED("docker/setup-buildx-action@v3", "version: v0.1, cache-binary: false")},
  {"a-folder-of-a-repository", "cache-poisoning", NULL, ENABLED("gradle/actions/setup-gradle@v4", "x: 1")},
  {"another-folder", "cache-poisoning", NULL, DISABLED("gradle/actions/dependency-submission@v4", "x: 1")},
  {"opaque",
   "cache-poisoning",
   NULL,
   TAGGED("      - uses: actions/setup-go@v5\n        with: ${{ fromJSON(inputs.x) }}\n"),
   {"6:15 regular high may be built"}},

  /* cache-poisoning: expressions */
  {"off-for-tags", "cache-poisoning", NULL, DISABLED("actions/setup-go@v5", "cache: \"${{ !startsWith(github.ref, 'refs/tags/') }}\"")},
  {"off-for-pushed-tags", "cache-poisoning", NULL,
   DISABLED("actions/setup-go@v5", "cache: \"${{ !(github.ref_type == 'tag' && github.event_name == 'push') }}\"")},
  {"on-for-tags", "cache-poisoning", NULL, PERHAPS("actions/setup-go@v5", "cache: \"${{ startsWith(github.ref, 'refs/tags/') }}\"")},
  {"prevented-for-tags", "cache-poisoning", NULL, DISABLED("actions/cache@v4", "lookup-only: \"${{ github.ref_type == 'tag' }}\"")},
  {"something-else-decides-too", "cache-poisoning", NULL, PERHAPS("actions/setup-go@v5", "cache: \"${{ github.ref_type != 'tag' && inputs.x }}\"")},
  {"all-of-github", "cache-poisoning", NULL, PERHAPS("actions/setup-go@v5", "cache: \"${{ contains(toJSON(github), 'x') }}\"")},
  {"a-branch-releases-too",
   "cache-poisoning",
   NULL,
   JOB("{push: {branches: [release], tags: ['*']}}", "", INPUT("actions/setup-go@v5", "cache: \"${{ github.ref_type != 'tag' }}\"")),
   {"6:15 regular high may be built"}},

  /* use-trusted-publishing: actions */
  {"a-password",
   "use-trusted-publishing",
   NULL,
   JOB("push", "", INPUT("pypa/gh-action-pypi-publish@v1", "password: x")),
   {"7:16 regular informational with a password that lasts"}},
  {"to-another-index",
   "use-trusted-publishing",
   NULL,
   JOB("push", "", INPUT("pypa/gh-action-pypi-publish@v1", "password: x, repository-url: 'https://pypi.example/'")),
   {NULL}},
  {"no-password", "use-trusted-publishing", NULL, JOB("push", "", INPUT("pypa/gh-action-pypi-publish@v1", "x: 1")), {NULL}},
  {"not-asked-for-trust",
   "use-trusted-publishing",
   NULL,
   JOB("push", "", INPUT("rubygems/release-gem@v1", "setup-trusted-publisher: false")),
   {"7:16 "
    "regular "
    "inform"
    "ational"
    " "}},
  {"trusted-by-itself", "use-trusted-publishing", NULL, JOB("push", "", INPUT("rubygems/release-gem@v1", "x: 1")), {NULL}},
  {"npm-with-a-token",
   "use-trusted-publishing",
   NULL,
   JOB("push", "", INPUT("actions/setup-node@v4", "always-auth: true")),
   {"7:16 regular "
    "informational "}},
  {"in-an-action",
   "use-trusted-publishing",
   "action.yml",
   "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@v1\n      with: {password: x}\n",
   {"7:14 regular informational "}},

  /* use-trusted-publishing: commands */
  {"cargo", "use-trusted-publishing", NULL, RUN("cargo +nightly publish --locked")},
  {"python", "use-trusted-publishing", NULL, RUN("python3.12 -m twine upload dist/*")},
  {"pipx-with-a-version", "use-trusted-publishing", NULL, RUN("pipx run twine==6.1.0 upload dist/*")},
  {"uv-run", "use-trusted-publishing", NULL, RUN("uv run --dev twine upload")},
  {"bunx-with-a-version", "use-trusted-publishing", NULL, RUN("bunx npm@11 publish")},
  {"behind-sudo", "use-trusted-publishing", NULL, RUN("sudo gem push x.gem")},
  {"among-others",
   "use-trusted-publishing",
   NULL,
   JOB("push", "", "      - run: |\n          make\n          yarn npm publish\n"),
   {"8:11 regular informational "}},
  {"in-powershell",
   "use-trusted-publishing",
   NULL,
   JOB("push", "", "      - shell: pwsh\n        run: |\n          echo 1; cargo `\n            publish\n"),
   {"8:19 regular informational "}},
  {"tried-only", "use-trusted-publishing", NULL, QUIET("npm publish --dry-run")},
  {"words-in-another-order", "use-trusted-publishing", NULL, QUIET("twine check dist/* && uv run publish && upload twine")},
  {"only-said", "use-trusted-publishing", NULL, QUIET("echo cargo publish")},
  {"another-command", "use-trusted-publishing", NULL, QUIET("git push && docker push x")},
  {"with-a-token", "use-trusted-publishing", NULL, JOB("push", "    permissions: {id-token: write}\n", "      - run: cargo publish\n"), {NULL}},
  {"with-a-token-for-all",
   "use-trusted-publishing",
   NULL,
   "on: push\npermissions: write-all\njobs:\n  a: {runs-on: x, steps: [{run: cargo publish}]}\n",
   {NULL}},
  {"the-job-gives-the-token-up",
   "use-trusted-publishing",
   NULL,
   "on: push\npermissions: write-all\njobs:\n  a: {runs-on: x, permissions: {}, steps: [{run: cargo publish}]}\n",
   {"4:50 regular informational "}},

  /* unpinned-images */
  {"no-tag", "unpinned-images", NULL, IMAGE("debian"), {"5:16 regular high \"debian\" is whatever is the latest"}},
  {"the-latest", "unpinned-images", NULL, IMAGE("{image: 'ghcr.io/a/b:latest'}"), {"5:24 regular high the latest"}},
  {"a-tag", "unpinned-images", NULL, IMAGE("localhost:5000/a:1.0"), {"5:16 pedantic high has no digest"}},
  {"a-port-is-no-tag", "unpinned-images", NULL, IMAGE("localhost:5000/a"), {"5:16 regular high the latest"}},
  {"a-digest", "unpinned-images", NULL, IMAGE("debian@" DIGEST), {NULL}},
  {"a-tag-and-a-digest", "unpinned-images", NULL, IMAGE("debian:12@" DIGEST), {NULL}},
  {"a-service", "unpinned-images", NULL, JOB("push", "    services: {db: {image: postgres}}\n", "      - run: x\n"), {"5:28 regular high "}},
  {"a-step", "unpinned-images", NULL, JOB("push", "", "      - uses: docker://alpine:3\n"), {"6:24 pedantic high "}},
  {"a-step-at-a-registry", "unpinned-images", NULL, JOB("push", "", "      - uses: docker://ghcr.io/a/b\n"), {"6:24 regular high \"ghcr.io/a/b\""}},
  {"an-action",
   "unpinned-images",
   "action.yml",
   "name: x\ndescription: x\nruns:\n  using: docker\n  image: docker://alpine\n",
   {"5:10 regular high "}},
  {"a-dockerfile", "unpinned-images", "action.yml", "name: x\ndescription: x\nruns:\n  using: docker\n  image: Dockerfile\n", {NULL}},
  {"an-empty-image", "unpinned-images", NULL, JOB("push", "    services: {db: {image: ''}}\n", "      - run: x\n"), {NULL}},
  {"either-of-two",
   "unpinned-images",
   NULL,
   IMAGE("${{ inputs.x && 'redis:7' || inputs.y }}"),
   {"5:32 pedantic high \"redis:7\"", "5:45 regular high \"inputs.y\" gives may be anything"}},
  {"one-or-none", "unpinned-images", NULL, IMAGE("${{ inputs.x && 'redis@" DIGEST "' || '' }}"), {NULL}},
  {"a-part-of-it", "unpinned-images", NULL, IMAGE("redis:${{ inputs.version }}"), {"5:16 pedantic high "}},
  {"perhaps-a-tag", "unpinned-images", NULL, IMAGE("${{ inputs.registry }}/redis${{ inputs.tag }}"), {"5:16 regular high may be anything"}},
  {"of-the-matrix",
   "unpinned-images",
   NULL,
   MATRIX("{image: [debian, 'debian:12', '', 'a@" DIGEST "'], include: [{image: x}, {os: y}]}"),
   {"5:16 regular high \"debian\"", "5:16 pedantic high \"debian:12\"", "5:16 regular high \"x\""}},
  {"deep-in-the-matrix",
   "unpinned-images",
   NULL,
   JOB("push", "    container: ${{ matrix.on.image }}\n    strategy: {matrix: {on: [{image: debian}, {image: null}]}}\n", "      - run: x\n"),
   {"5:16 regular high \"debian\""}},
};

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  return g_test_run();
}
