// Package core holds the rules of a helpdesk: what a ticket is, who may do what to it, and the
// use-cases by which it changes. Every door (the web page, the console over SSH, the command line,
// background timers) calls the same [Desk], which checks the input, checks the policy, changes the
// ticket and records the event in one transaction.
//
// The package knows no SQL, no HTTP and no terminal. What it needs of a database stands as small
// interfaces beside the use-cases that consume them; package storage implements them.
package core
