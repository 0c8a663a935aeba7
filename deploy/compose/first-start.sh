#!/bin/sh
# Makes what must be secret, on the first start, into volumes of which each service
# sees its own alone. It prints no secret, and leaves what is there as it is.
set -eu
umask 077
volumes=${1:-/volumes}

# The users of the images.
roster=65532 postgres=999 redis=999 balancer=99

random() { od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'; }

# keep FILE OWNER: standard input becomes FILE, readable to its owner alone. A file
# that is there stays; half a file is never there.
keep() {
    if [ -s "$1" ]; then
        cat >/dev/null
        return
    fi
    cat >"$1.new"
    [ -s "$1.new" ] # what was to make it has failed otherwise
    chown "$2:$2" "$1.new"
    chmod 0400 "$1.new"
    mv "$1.new" "$1"
    echo "made $1"
}

# With another key, or another password, the data that is there is lost.
for secret in roster/master_key postgres/roster_password; do
    if [ -e "$volumes/postgres-data/PG_VERSION" ] && [ ! -s "$volumes/$secret" ]; then
        echo "There is a database, and $volumes/$secret is gone. Put it back from its backup." >&2
        exit 1
    fi
done

for place in roster:$roster postgres:$postgres redis:$redis balancer:$balancer postgres-data:$postgres; do
    chown "${place#*:}:${place#*:}" "$volumes/${place%:*}"
    chmod 0700 "$volumes/${place%:*}"
done

head -c 32 /dev/urandom | base64 | keep "$volumes/roster/master_key" $roster

random | keep "$volumes/postgres/superuser_password" $postgres
random | keep "$volumes/postgres/roster_password" $postgres
printf 'postgres://roster:%s@postgres:5432/roster?sslmode=disable\n' "$(cat "$volumes/postgres/roster_password")" |
    keep "$volumes/roster/database_url" $roster

random | keep "$volumes/redis/password" $redis
keep "$volumes/redis/redis.conf" $redis <<CONF
requirepass $(cat "$volumes/redis/password")
maxmemory 256mb
maxmemory-policy noeviction
save ""
appendonly no
dir /data
CONF
printf 'redis://:%s@redis:6379\n' "$(cat "$volumes/redis/password")" | keep "$volumes/roster/redis_url" $roster

# A certificate to begin with. Replace the file by your own: certificate, chain and
# key, in PEM.
host=${ROSTER_PUBLIC_URL#https://}
host=${host%%[:/]*}
name=DNS:$host
case $host in *[!0-9.]*) ;; *) name=IP:$host ;; esac
if [ ! -s "$volumes/balancer/roster.pem" ]; then
    work=$(mktemp -d)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj "/CN=$host" \
        -addext "subjectAltName=$name" -keyout "$work/key" -out "$work/certificate" 2>/dev/null
    cat "$work/certificate" "$work/key" | keep "$volumes/balancer/roster.pem" $balancer
    rm -r "$work"
fi
