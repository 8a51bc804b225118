// Package campus simulates weeks of a campus against a real database: random people do everything that the registry of
// actions knows, the clock jumps, the program restarts, connections break in the middle of what they do. After each
// week everything that should hold is looked at, in SQL and through the desk, beside small models that share no code
// with the program. A seed decides everything, so that what failed can be run again:
//
//	go test ./battery/campus -run TestWeeksOfACampus -seed 42        # one seed
//	go test ./battery/campus -run TestWeeksOfACampus -seeds 500      # many
//
// All of it is tests; there is nothing to import.
package campus
