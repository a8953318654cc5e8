#!/bin/sh
# Makes the secret `service` in the namespace, once: what is there already stays as it is. The
# database's own secret, `database-app`, is made by CloudNativePG. Options go to `kubectl create`.
set -eu

if kubectl --namespace "{{slug}}" get secret service >/dev/null 2>&1; then
    exit 0
fi
od -An -N32 -tx1 /dev/urandom | tr -d ' \n' |
    kubectl --namespace "{{slug}}" create secret generic service --from-file=secret_key=/dev/stdin "$@"
