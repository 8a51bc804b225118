package main

import (
	"os"
	"regexp"
	"testing"

	"helpdesk.campus/cmd/helpdesk/programtest"
)

func TestMain(m *testing.M) { os.Exit(programtest.Run(m)) }

// What a key of a form, and a reference, look like on a page.
var (
	formKey   = regexp.MustCompile(`name="key" value="([^"]+)"`)
	reference = regexp.MustCompile(`[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{5}`)
)
