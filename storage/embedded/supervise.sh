# Runs the tests' PostgreSQL server and stops it when nobody has used it for a while. See testserver.go.
#
# usage: supervise.sh PROGRAMS SOCKETS LOCK IDLE STEP ARGUMENT...
#   PROGRAMS  folder of postgres, psql and pg_ctl        SOCKETS  folder of the socket
#   LOCK      number of the advisory lock that users hold IDLE     seconds without users after which it stops
#   STEP      seconds between two looks                   ARGUMENT what postgres is given; the second is the data directory
#
# Prints the process id of the server and stays in the background.

supervise() {
	programs=$1 sockets=$2 lock=$3 idle=$4 step=$5
	shift 5
	data=$2
	export programs data

	"$programs/postgres" "$@" 3>&- &
	server=$!
	echo "$server" >&3
	exec 3>&- # who reads our output waits for its end

	quiet=0
	while sleep "$step" && kill -0 "$server" 2>/dev/null; do
		# A look at the lock, without touching it: a user who comes in this moment is not disturbed.
		used=$(ask <<-SQL
			select exists (select from pg_locks where locktype = 'advisory' and classid = 0 and objid = $lock)
		SQL
		)
		case $used in
		f) quiet=$((quiet + step)) ;;
		*) quiet=0 ;;
		esac
		if [ "$quiet" -ge "$idle" ]; then
			stop_unless_used
			quiet=0
		fi
	done
	wait "$server"
}

# Stops the server from within a session that holds the lock alone, so that nobody can take it meanwhile.
stop_unless_used() {
	ask <<-SQL
		select pg_try_advisory_lock($lock) as alone \gset
		\if :alone
		\! "\$programs/pg_ctl" stop -s -D "\$data" -m fast
		\endif
	SQL
}

ask() {
	PGCONNECT_TIMEOUT=5 "$programs/psql" -XAtq -h "$sockets" -p 5432 -U helpdesk -d postgres 2>/dev/null
}

# Redirected with exec: around a function call the shell would keep a copy of our output open.
(
	exec 3>&1 >&2 </dev/null
	supervise "$@"
) &
