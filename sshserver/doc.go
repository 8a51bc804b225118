// Package sshserver is the door that staff open with "ssh": it finds out who is calling and gives
// them the console, or one verb. It decides nothing about tickets; the desk does.
//
// A connection passes the [gate], which bounds how many may be signing in at once, then signs in with
// a key or a password, and then opens at most four sessions. Who somebody is comes only from the
// permissions of the attempt that succeeded: a key that was merely offered leaves nothing behind.
//
// Exit statuses: 0 done, 64 wrong usage, 70 an error of ours, 75 the database cannot be reached or the
// server closes, 77 the account may not be here (any more); package verb has those of commands.
package sshserver
