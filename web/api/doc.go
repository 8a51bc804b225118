// Package api is the JSON API at /api/v1, for programs: every operation names the action of the helpdesk that it is and
// calls one use-case of the desk. Its OpenAPI document is made from the code that answers, and so is the page that people
// read. Who calls is said by a token in the Authorization header and by nothing else: no cookie is looked at.
package api
