#!/bin/sh
# Build the Dockerfile with buildah. Inside, run the first rules of the demo and segment an image.
# BASE is the base image, where it is not the Dockerfile's. BUILD_OPTIONS go to `buildah build`, for
# example a volume with the certificates of a proxy.
set -eu
image=nucleibench-container-test
checkout=$(mktemp -d)
git ls-files -co --exclude-standard | tar -c --ignore-failed-read -T - | tar -x -C "$checkout"

# The options are several words.
# shellcheck disable=SC2086
buildah build ${BASE:+--build-arg BASE="$BASE"} ${BUILD_OPTIONS:-} --tag "$image" .
container=$(buildah from "$image")
trap 'buildah rm "$container" > /dev/null; rm -rf "$checkout"' EXIT

inside() {
    buildah run --volume "$checkout":/work "$container" -- "$@"
}
inside snakemake --cores all --workflow-profile profiles/demo --until normalize_images
inside sh -c 'set -- results/demo/data/*/images; python -m nucleibench segment "$1" segmented'
test -s "$checkout/segmented/summary.csv"
echo "The image works: $image"
