#!/usr/bin/env bash
# The steps of a blue-green rollout as a careful person would script them with podman, curl and HAProxy's runtime API: pull by
# digest, start two replicas, wait until both are healthy, point the router at them, drain, stop the old ones.
# by_hand.sh FOLDER PORT start|ship IMAGE|stop
set -euo pipefail
folder=$1 port=$2 verb=$3
socket=$folder/admin.sock
limits=(--ulimit nofile=1024:1024 --ulimit nproc=1024:1024) # no more than any machine allows
[ -d /sys/fs/cgroup/memory ] && limits+=(--runtime runc)

tell() { echo "$1" | timeout 5 socat - "UNIX-CONNECT:$socket"; }

remove() { # COLOUR
  local ids
  ids=$(podman ps -aq --filter "label=by-hand=$folder" --filter "label=colour=$1")
  # shellcheck disable=SC2086
  [ -z "$ids" ] || podman rm -f -t 2 $ids >/dev/null
}

case $verb in
start)
  mkdir -p "$folder"
  echo green >"$folder/colour"
  cat >"$folder/haproxy.cfg" <<EOF
global
  stats socket $socket mode 600 level admin
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
frontend main
  bind 127.0.0.1:$port
  default_backend app
backend app
  server blue1 127.0.0.1:1 disabled
  server blue2 127.0.0.1:1 disabled
  server green1 127.0.0.1:1 disabled
  server green2 127.0.0.1:1 disabled
EOF
  haproxy -D -p "$folder/pid" -f "$folder/haproxy.cfg"
  ;;
ship)
  image=$4 old=$(cat "$folder/colour")
  new=blue
  [ "$old" = green ] || new=green
  podman pull -q --tls-verify=false "$image" >/dev/null
  for n in 1 2; do
    id=$(podman run -d "${limits[@]}" --label "by-hand=$folder" --label "colour=$new" -p 127.0.0.1::8000 "$image")
    eval "address$n=$(podman port "$id" 8000)"
  done
  for n in 1 2; do
    address=address$n
    for _ in $(seq 100); do
      curl -fsS -o /dev/null --max-time 2 "http://${!address}/health" 2>/dev/null && break
      sleep 0.1
    done
    curl -fsS -o /dev/null --max-time 2 "http://${!address}/health"
    tell "set server app/$new$n addr ${!address%:*} port ${!address#*:}" >/dev/null
    tell "set server app/$new$n state ready" >/dev/null
  done
  for n in 1 2; do tell "set server app/$old$n state maint" >/dev/null; done
  for _ in $(seq 20); do
    [ "$(tell "show stat app 4 -1" | grep -E "^app,$old" | cut -d, -f5 | sort -u)" = 0 ] && break
    sleep 0.1
  done
  curl -fsS -o /dev/null "http://127.0.0.1:$port/health"
  remove "$old"
  echo "$new" >"$folder/colour"
  ;;
stop)
  remove blue
  remove green
  kill "$(cat "$folder/pid")"
  ;;
esac
