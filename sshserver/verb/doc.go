// Package verb answers commands: "ssh helpdesk.example.edu ls status:open" lists tickets and ends.
//
// [Verbs] is the one table of them. Parsing, help, completion and the page docs/verbs.md are made from it, and every
// action of the helpdesk has its row in it. A verb translates: it reads words, calls the desk, and puts out records.
// What the records hold is declared once ([Shapes]) and is the same as a table, as tab-separated lines, as CSV and as JSON.
package verb
