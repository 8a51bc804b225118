//go:build race

package battery

// raced tells that this is the part with the race detector.
const raced = true
