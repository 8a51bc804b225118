// Package web is the door for campus users: the pages on which they report an issue and follow it.
//
// Pages are made on the server with html/template and work without JavaScript. A page is at most two
// requests: itself and one stylesheet. Everything that people wrote reaches a page through
// html/template and nothing else, and every word of ours comes from the catalogue in core/text.
//
// The package decides nothing about tickets. It makes an actor of whoever calls (a session's cookie,
// a ticket's private link, or nobody), hands it to a use-case of [core.Desk], and gives the answer,
// or the error, the form of a page.
package web
