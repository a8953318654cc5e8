#!/bin/sh
# Makes the secrets that compose.yaml reads, each once: what is there already stays as it is.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

keep() { # keep NAME: standard input, unless there is such a secret
    if [ -e "secrets/$1" ]; then
        cat >/dev/null
    else
        cat >"secrets/$1.new"
        # The folder is yours alone; the users in the containers have to read the file itself.
        chmod 444 "secrets/$1.new"
        mv "secrets/$1.new" "secrets/$1"
    fi
}

random | keep superuser_password
random | keep secret_key
random | keep database_password
printf 'postgresql://app:%s@database:5432/app' "$(cat secrets/database_password)" | keep database_url
