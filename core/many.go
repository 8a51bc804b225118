package core

import "context"

// ofMany is where a context keeps whether it is of one of many.
type ofMany struct{}

// OfMany marks what is done in a session that is one of hundreds, which may all come at the same moment: together they have
// their part of the database's connections, and leave the others to those who report.
func OfMany(ctx context.Context) context.Context { return context.WithValue(ctx, ofMany{}, true) }

// IsOfMany reports whether the context is marked so.
func IsOfMany(ctx context.Context) bool {
	many, _ := ctx.Value(ofMany{}).(bool)
	return many
}

// ofAll is for what one session begins and all have the use of: it does not end with that session, nor wait in line with it.
func ofAll(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), ofMany{}, false)
}
