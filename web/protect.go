package web

import (
	"net/http"
)

// contentPolicy lets a page load its stylesheet and its icon from here, send forms here, and
// nothing else: even a script that got into a page would not run.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// protect sets what browsers are told on every answer.
func (h *Handler) protect(header http.Header) {
	header.Set("Content-Security-Policy", contentPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	if h.secure {
		header.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// keepSecret is for pages whose address opens a ticket: it goes to no other site and to no index.
func keepSecret(header http.Header) {
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Robots-Tag", "noindex, nofollow")
}
