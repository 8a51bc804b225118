// Package battery breaks the helpdesk and counts what was lost. It is all tests: `go test ./battery` runs the short one,
// `make battery` the long one, which writes a report. Each trial kills, cuts, fills or slows down one thing under load, keeps a
// ledger of what was attempted and what was acknowledged, and compares it with the database in the end, of which it also asks
// the invariants. Below it, campus simulates weeks of a campus and lets every call of the database fail once, and history
// puts what many people at once were answered into an order. docs/reliability.md says what is tried and what came out.
package battery
