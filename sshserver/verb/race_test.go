//go:build race

package verb_test

const raced = true
