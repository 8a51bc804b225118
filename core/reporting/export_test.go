package reporting

// Took says a length of time as reports do.
var Took = took
