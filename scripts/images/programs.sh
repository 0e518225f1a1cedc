# kubeling/control-plane and kubeling/agent: the two programs, from what the project's build left.
# shellcheck shell=bash

# KUBELING_TAG keeps the images of several checkouts apart.
export KUBELING_TAG=${KUBELING_TAG:-latest}

ensure_program_images() {
  local program
  for program in control-plane agent; do
    [ "$(image_label "kubeling/$program:$KUBELING_TAG" io.kubeling.version)" = "$SOURCES" ] && continue
    step "building the image kubeling/$program"
    run "image-$program" env DOCKER_BUILDKIT=0 docker build -t "kubeling/$program:$KUBELING_TAG" -f "$ROOT/$program/Dockerfile" --label "io.kubeling.version=$SOURCES" "$ROOT"
  done
}
