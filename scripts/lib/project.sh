# Node, the project's packages and its build, each only when it is not there yet.
# shellcheck shell=bash

ensure_node() {
  have node && have npm || die "Node.js 20.17 or newer with npm is needed: install it (https://nodejs.org) and run this again."
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 17) ? 0 : 1)' ||
    die "Node.js $(node --version) is too old: 20.17 or newer is needed."
}

# fingerprint FILE…: changes with the content of the files, and of the files in the folders, that are part of the project.
fingerprint() { (cd "$ROOT" && find "$@" -type f ! -name '*.test.ts' ! -path '*/node_modules/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16); }

ensure_project() {
  cd "$ROOT"
  if [ ! -d node_modules ] || [ "$(cat node_modules/.kubeling 2>/dev/null)" != "$(fingerprint package-lock.json)" ]; then
    step "installing the project's packages"
    run npm-ci npm ci --no-audit --no-fund
    fingerprint package-lock.json >node_modules/.kubeling
  fi
  SOURCES=$(fingerprint package-lock.json tsconfig.json tsconfig.build.json agent api client common control-plane scripts)
  if [ "$(cat build/.fingerprint 2>/dev/null)" != "$SOURCES" ] || [ ! -d dist ]; then
    step "building"
    run build npm run build
    run bundle npm run bundle
    echo "$SOURCES" >build/.fingerprint
  fi
}
