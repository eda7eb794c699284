#!/bin/sh
# Keeps one program alive: supervise.sh PIDFILE LOGFILE COMMAND [ARGUMENT...]
# PIDFILE gets our pid and LOGFILE what the program prints. A program that dies is started again at once, and
# after ever longer pauses (up to 10 s) when it dies young. SIGTERM ends the program, then us.
pidfile=$1 logfile=$2
shift 2
echo $$ > "$pidfile.new" && mv -f "$pidfile.new" "$pidfile"
child= pause=0
trap 'trap "" TERM; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null; wait "$child"; rm -f "$pidfile" "$pidfile.child"; exit 0' TERM
while :; do
  # Keeps two generations of 10 MiB.
  [ "$(stat -c %s "$logfile" 2>/dev/null || echo 0)" -lt 10485760 ] || mv -f "$logfile" "$logfile.1"
  started=$(date +%s)
  "$@" >> "$logfile" 2>&1 < /dev/null &
  child=$!
  echo "$child" > "$pidfile.child"
  wait "$child"
  status=$?
  echo "$(date -u +%FT%TZ) supervise: $1 ended with status $status, starting it again in $pause s" >> "$logfile"
  sleep "$pause" &
  wait $!
  if [ $(($(date +%s) - started)) -gt 30 ]; then pause=0; elif [ "$pause" -eq 0 ]; then pause=1; elif [ "$pause" -lt 10 ]; then pause=$((pause * 2)); fi
done
