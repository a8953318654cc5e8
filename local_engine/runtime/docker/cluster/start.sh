#!/bin/sh
# Starts PostgreSQL. A database that is new gets a copy of the prepared cluster: initdb takes seconds.
# The copy has its name only when it is whole and on the disk.
set -e
if [ ! -e "$PGDATA/PG_VERSION" ]; then
    rm -rf "$PGDATA.new"
    mkdir -p "$(dirname "$PGDATA")"
    cp -a /prepared "$PGDATA.new"
    initdb --sync-only --pgdata "$PGDATA.new" >/dev/null
    if [ -d "$PGDATA" ]; then rmdir "$PGDATA"; fi
    mv "$PGDATA.new" "$PGDATA"
fi
exec docker-entrypoint.sh "$@"
