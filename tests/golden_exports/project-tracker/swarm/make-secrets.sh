#!/bin/sh
# Makes the stack's secrets in the swarm, each once: what is there already stays as it is. They go
# from memory to the swarm's manager, and never touch a file or a command line.
set -eu

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

known() {
    docker secret inspect "$1" >/dev/null 2>&1
}

keep() { # keep NAME: standard input, unless there is such a secret
    if known "$1"; then cat >/dev/null; else docker secret create "$1" - >/dev/null; fi
}

random | keep "project-tracker_superuser_password"
random | keep "project-tracker_secret_key"
# A secret cannot be read back: the password and the URL that holds it are made together.
if ! known "project-tracker_database_url"; then
    if known "project-tracker_database_password"; then
        docker secret rm "project-tracker_database_password" >/dev/null
    fi
    password=$(random)
    printf '%s' "$password" | keep "project-tracker_database_password"
    printf 'postgresql://app:%s@database:5432/app' "$password" | keep "project-tracker_database_url"
fi
