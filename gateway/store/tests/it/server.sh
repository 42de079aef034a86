# A PostgreSQL server in a folder of its own, on a UNIX socket there; it ends, and the folder goes, with standard input.
set -eu
folder=$(mktemp -d)
PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
initdb --pgdata="$folder/data" --username=offhook --auth=trust --encoding=UTF8 --locale=C --no-sync >"$folder/initdb.log"
postgres -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c max_connections=200 \
	>"$folder/postgres.log" 2>&1 </dev/null &
server=$!
trap 'kill -INT $server; wait $server || true; rm -rf "$folder"' EXIT
until pg_isready --quiet --host="$folder"; do
	kill -0 $server
	sleep 0.05
done
echo "$folder"
while read -r _; do :; done
