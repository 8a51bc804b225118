// Package embedded runs a private PostgreSQL server, so that `make run` and the tests need no database set up
// beforehand. It uses the PostgreSQL programs installed on the machine; it downloads nothing.
//
// # One directory, one server
//
// Everything a server owns lies in Config.Dir:
//
//	data/          the PostgreSQL data directory, made once by initdb, never made again
//	postgres.log   what the server says (one older file is kept)
//	start.lock     held for the length of a start or a stop: two programs starting together take turns
//	users.lock     held, shared, by every program that uses the server
//
// The server listens on a unix socket only, in a directory of its own below /tmp (socket paths end at about 100
// bytes), which nobody but the server's user can enter. That is its whole access control; there is no password
// and no TCP port. Server.URL works for psql too.
//
// # Start
//
// Start attaches to the server of the directory when it runs, and starts it otherwise. It copes with what a crash
// leaves behind: a half-made data directory (initdb works beside it and the result is renamed into place), a
// stale postmaster.pid, a pid in it that now belongs to another program, a killed postmaster that nobody has
// reaped yet. The one thing it never does is to initialise over existing data: a directory of a PostgreSQL
// version that is not installed, or one that is no data directory at all, is refused and left as it is.
//
// PostgreSQL refuses to run as root. Started by root, its programs run as the owner of the data directory, or as
// postgres, or as nobody. That user must be able to reach the directory; DefaultDir chooses one for which this
// holds, Start says which parent is closed otherwise. Tests that run as root take os.MkdirTemp for Config.Dir:
// the parent of t.TempDir is closed to everybody else.
//
// # The last one out stops it
//
// A program holds users.lock while it uses the server. Stop shuts the server down only when it gets that lock for
// itself, so a program never pulls the server away from under another, and the last one to leave stops it,
// whoever began. The lock goes with the process: after a kill -9 the server lives on, the next Start adopts it
// and stops it at its end. The server runs in a session of its own, because Ctrl-C would otherwise reach it
// before the program has drained.
//
// # The tests' server
//
// TestServer gives all test binaries of a user one server, with durability off, in a directory below os.TempDir.
// Test binaries come and go, so none of them can own it. A small shell script starts postgres and watches over it
// (supervise.sh): every user holds a shared advisory lock on a connection that it keeps open, and once nobody has
// held it for a minute, the script takes the lock for itself and stops the server while it holds it. A test
// binary that comes at that moment is refused the lock, waits for the end, and starts the server anew.
package embedded
