# kubeling/control-plane and kubeling/agent: the two programs, from what the project's build left.
# shellcheck shell=bash

ensure_program_images() {
  local program
  for program in control-plane agent; do
    [ "$(image_label "kubeling/$program" io.kubeling.version)" = "$SOURCES" ] && continue
    step "building the image kubeling/$program"
    run "image-$program" env DOCKER_BUILDKIT=0 docker build -t "kubeling/$program" -f "$ROOT/$program/Dockerfile" --label "io.kubeling.version=$SOURCES" "$ROOT"
  done
}
