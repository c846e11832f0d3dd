/* Images by tags that move, wherever a workflow names them. */
#include "cases.h"

#include "lint/rules/image_name.h"

#define JOB(lines) "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n" lines
#define STEP(lines) JOB("    steps:\n      - " lines "\n")
#define RUN(lines) JOB("    steps:\n      - run: |\n          " lines "\n")
#define RULE "floating-image", NULL

static const LintCase cases[] = {
  {"a-container", RULE, JOB("    container: node\n    steps: [{run: x}]\n"), {"5:16 regular medium \"node\" is run without a tag"}},
  {"a-container-with-settings",
   RULE,
   JOB("    container: {image: 'node:lts'}\n    steps: [{run: x}]\n"),
   {"5:24 regular medium by a tag that moves"}},
  {"a-service", RULE, JOB("    services: {db: {image: 'postgres:latest'}}\n    steps: [{run: x}]\n"), {"5:28 regular medium "}},
  {"a-container-with-a-version", RULE, JOB("    container: node:20\n    services: {db: {image: 'postgres:16.3'}}\n    steps: [{run: x}]\n"), {NULL}},
  {"an-empty-container", RULE, JOB("    container: ''\n    steps: [{run: x}]\n"), {NULL}},
  {"an-image-from-elsewhere", RULE, JOB("    container: ${{ vars.IMAGE }}\n    steps: [{run: x}]\n"), {NULL}},
  {"an-action", RULE, STEP("uses: docker://alpine"), {"6:15 regular medium \"alpine\""}},
  {"a-docker-action",
   "floating-image",
   "action.yml",
   "name: x\ndescription: x\nruns:\n  using: docker\n  image: docker://alpine:edge\n",
   {"5:10 regular medium \"alpine:edge\""}},

  {"build-push-action",
   RULE,
   STEP(
     "uses: docker/build-push-action@v6\n        with:\n          tags: |\n            ghcr.io/a/b:latest\n            ghcr.io/a/b:${{ github.sha }}"),
   {"9:13 regular medium \"ghcr.io/a/b:latest\" is built"}},
  {"build-push-action-in-one-line",
   RULE,
   STEP("uses: docker/build-push-action@v6\n        with: {tags: 'a/b:1.0,a/b:main'}"),
   {"7:31 regular medium \"a/b:main\""}},
  {"build-push-action-with-the-branch",
   RULE,
   STEP("uses: docker/build-push-action@v6\n        with: {tags: 'a/b:${{ github.ref_name }}'}"),
   {"7:23 regular medium by the name of the branch"}},
  {"build-push-action-for-tags",
   RULE,
   "on: {push: {tags: ['v*']}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {tags: 'a/b:${{ github.ref_name }}'}\n",
   {NULL}},
  {"build-push-action-with-metadata",
   RULE,
   STEP("uses: docker/build-push-action@v6\n        with: {tags: '${{ steps.meta.outputs.tags }}'}"),
   {NULL}},
  {"buildah-build",
   RULE,
   STEP("uses: redhat-actions/buildah-build@v2\n        with: {image: x, tags: 'latest ${{ github.sha }}'}"),
   {"7:33 regular medium \"latest\""}},
  {"metadata-latest",
   RULE,
   STEP("uses: docker/metadata-action@v5\n        with:\n          tags: type=sha\n          flavor: latest=true"),
   {"9:19 regular medium latest"}},
  {"metadata-by-itself",
   RULE,
   STEP("uses: docker/metadata-action@v5\n        with:\n          tags: 'type=semver,pattern={{version}}'"),
   {"6:15 regular medium the tag latest"}},
  {"metadata-branches",
   RULE,
   STEP(
     "uses: docker/metadata-action@v5\n        with:\n          tags: |\n            type=ref,event=branch\n            type=raw,value=stable\n            type=sha"),
   {"9:13 regular medium the name of the branch", "10:13 regular medium stable"}},
  {"metadata-well",
   RULE,
   STEP(
     "uses: docker/metadata-action@v5\n        with:\n          tags: |\n            type=sha\n            type=semver,pattern={{version}}\n          flavor: latest=false"),
   {NULL}},

  {"build",
   RULE,
   RUN("docker build -t shop . -t ghcr.io/a/shop:latest --tag=shop:v1"),
   {"7:27 regular medium \"shop\" is built", "7:37 regular medium latest"}},
  {"buildx", RULE, RUN("docker buildx build --push --tag ghcr.io/a/shop:main ."), {"7:44 regular medium main"}},
  {"tag-and-push",
   RULE,
   RUN("docker tag shop:$SHA a/shop:latest\n          docker push a/shop:latest"),
   {"7:32 regular medium is tagged", "8:23 regular medium is pushed"}},
  {"pull-and-run",
   RULE,
   RUN("podman pull quay.io/a/b\n          docker run --rm -v \"$PWD:/x\" -e A=b alpine:latest ls"),
   {"7:23 regular medium is pulled", "8:47 regular medium is run"}},
  {"with-sudo", RULE, RUN("sudo docker run -d redis"), {"7:30 regular medium \"redis\""}},
  {"other-tools",
   RULE,
   RUN(
     "skopeo copy docker://a/b:$SHA docker://a/b:latest\n          crane tag a/b:$SHA latest\n          kubectl set image deploy/web web=a/b:latest\n"
     "          helm upgrade web ./chart --set image.tag=latest\n          buildah push a/b:latest docker://c/d:x"),
   {"7:41 regular medium is copied", "8:30 regular medium is tagged", "9:40 regular medium is run", "10:42 regular medium latest",
    "11:24 regular medium is pushed"}},
  {"compose", RULE, RUN("IMAGE_TAG=latest docker compose up -d"), {"7:11 regular medium \"latest\" is run"}},
  {"a-dockerfile",
   RULE,
   RUN(
     "docker build -t a:1 - <<EOF\n          FROM --platform=linux/amd64 node:20 AS build\n          FROM build AS again\n          FROM nginx\n          EOF"),
   {"10:16 regular medium \"nginx\" is built on"}},
  {"a-compose-file",
   RULE,
   RUN(
     "cat > compose.yml <<'EOF'\n          services:\n            web: {}\n            db:\n              image: \"postgres:latest\"\n          EOF"),
   {"11:23 regular medium \"postgres:latest\""}},
  {"a-variable-that-is-known", RULE, STEP("run: docker push \"a/b:$TAG\"\n        env: {TAG: latest}"), {"6:26 regular medium "}},
  {"a-variable-of-the-script", RULE, RUN("IMAGE=a/b:latest\n          docker push ${IMAGE}"), {"8:23 regular medium \"${IMAGE}\""}},
  {"a-variable-in-an-expression", RULE, STEP("run: docker push a/b:${{ env.TAG }}\n        env: {TAG: latest}"), {"6:26 regular medium "}},
  {"the-nearest-variable-counts",
   RULE,
   JOB("    env: {TAG: latest}\n    steps: [{run: 'docker push a/b:$TAG', env: {TAG: '${{ github.sha }}'}}]\n"),
   {NULL}},
  {"on-another-machine",
   RULE,
   STEP("uses: appleboy/ssh-action@v1\n        with:\n          script: |\n            cd shop\n            docker pull a/b:latest"),
   {"10:25 regular medium is pulled"}},
  {"a-variable-that-changes", RULE, RUN("TAG=latest\n          TAG=$(git rev-parse HEAD)\n          docker push a/b:$TAG"), {NULL}},
  {"a-registry-that-is-not-known", RULE, RUN("docker push $REGISTRY/shop"), {"7:23 regular medium without a tag"}},
  {"what-nobody-knows",
   RULE,
   RUN("docker push $IMAGE\n          docker push a/b:${TAG}\n          docker run \"$REGISTRY/$NAME\"\n          docker run ${{ env.IMAGE }}"),
   {NULL}},
  {"fixed",
   RULE,
   RUN(
     "docker run alpine@sha256:0123\n          docker build -t a/b:${{ github.sha }} .\n          docker run localhost:5000/a:1\n          docker push a/b:dev-$SHA"),
   {NULL}},
  {"other-commands",
   RULE,
   RUN(
     "docker login ghcr.io\n          docker compose up\n          docker rm latest\n          docker image ls\n          docker exec db psql\n          kubectl apply -f x"),
   {NULL}},
  {"a-comment", RULE, RUN("# docker push a/b:latest\n          echo docker push a/b:latest"), {NULL}},
};

static const struct {
  const char *claim;
  const char *name;
  ImageFloat floats;
} names[] = {
  {"no-tag", "alpine", IMAGE_UNTAGGED},
  {"a-port-is-no-tag", "localhost:5000/alpine", IMAGE_UNTAGGED},
  {"latest", "a.example:5000/x:latest", IMAGE_FLOATING},
  {"case-does-not-matter", "x:Latest", IMAGE_FLOATING},
  {"a-flavour-of-a-floating-tag", "x:stable-alpine", IMAGE_FLOATING},
  {"a-floating-word-with-a-number", "x:stable-20240101", IMAGE_FIXED},
  {"a-version", "x:3.19", IMAGE_FIXED},
  {"a-digest", "x:latest@sha256:00", IMAGE_FIXED},
  {"an-expression-as-tag", "x:${{ github.sha }}", IMAGE_FIXED},
  {"a-branch-as-tag", "x:${{ github.ref_name }}", IMAGE_BRANCH},
  {"a-branch-and-more", "x:${{ github.ref_name }}-${{ github.sha }}", IMAGE_FIXED},
  {"a-slash-in-an-expression", "${{ format('a/b') }}", IMAGE_FIXED},
  {"a-default-is-not-known", "x:${TAG:-latest}", IMAGE_FIXED},
  {"a-substitution", "x:$(git rev-parse --short HEAD)", IMAGE_FIXED},
  {"an-expansion-that-never-ends", "x:${{{{{$(((", IMAGE_FIXED},
  {"nothing", "", IMAGE_FIXED},
  {"an-image-of-nothing", "scratch", IMAGE_FIXED},
};

static void test_name(const void *data) {
  size_t row = GPOINTER_TO_SIZE(data);
  g_assert_cmpint(image_name_floats(names[row].name), ==, names[row].floats);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  lint_cases_add(cases, G_N_ELEMENTS(cases));
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_strdup_printf("/lint/image-name/%s", names[i].claim);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_name);
  }
  return g_test_run();
}
