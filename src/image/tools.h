/* What build.c needs of ImageTools. */
#pragma once

#include "image/image.h"

/* The folder given to image_tools_new(), for files of a build; transfer none. */
const char *image_tools_dir(const ImageTools *tools);

/* "127.0.0.1:43121": where the embedded registry listens; transfer none. */
const char *image_tools_address(const ImageTools *tools);

/* Who builds; transfer none. */
const char *image_tools_owner(const ImageTools *tools);

/* What an owner's working containers carry as their cgroup parent, which chroot isolation does not use: "drover-build-<owner>". */
#define IMAGE_MARK_PREFIX "drover-build-"

/* The repository of a build's result in local storage; its tag is "<owner>.<unique>". */
#define IMAGE_LOCAL_REPOSITORY "localhost/drover-build"
