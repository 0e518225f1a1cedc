#!/bin/sh
# A registry on port 5000. With REGISTRY_ACCOUNTS (lines as htpasswd -B makes them) it wants to know who asks.
auth=
if [ -n "$REGISTRY_ACCOUNTS" ]; then
  printf '%s\n' "$REGISTRY_ACCOUNTS" >/etc/docker/registry/htpasswd
  auth='auth: { htpasswd: { realm: tests, path: /etc/docker/registry/htpasswd } }'
fi
cat >/etc/docker/registry/config.yml <<CONFIG
version: 0.1
log: { accesslog: { disabled: false }, level: warn }
storage: { filesystem: { rootdirectory: /var/lib/docker-registry }, delete: { enabled: true } }
http: { addr: ':5000' }
$auth
CONFIG
exec docker-registry serve /etc/docker/registry/config.yml
