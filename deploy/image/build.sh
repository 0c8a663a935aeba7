#!/bin/sh
# Builds the image from a binary that is built here, with Go, Node and Docker and
# no registry of images: deploy/image/build.sh [TAG [VERSION]]
set -eu
cd "$(dirname "$0")/../.."
tag=${1:-roster}
version=${2:-$(git describe --tags --always --dirty 2>/dev/null || echo unknown)}
bundle=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
make ui
mkdir -p bin/image
cp "$bundle" bin/image/ca-certificates.crt
CGO_ENABLED=0 GOOS=linux go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$version" -o bin/image/roster ./cmd/roster
exec docker build --file deploy/Dockerfile --target prebuilt --build-arg "VERSION=$version" --tag "$tag" .
