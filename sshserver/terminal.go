package sshserver

import (
	"regexp"
	"slices"
	"strings"

	"charm.land/ssh"
)

const (
	maxWidth  = 400 // columns; the renderer keeps two cells of 112 bytes for each
	maxHeight = 120
)

// clamp keeps a window within what is worth drawing; some clients send none.
func clamp(w ssh.Window) (width, height int) {
	if w.Width <= 0 || w.Height <= 0 {
		return 80, 24
	}
	return min(w.Width, maxWidth), min(w.Height, maxHeight)
}

// terminal is what a client says of its terminal, as far as that is well-formed and of use. The rest
// of the environment is left out: some names make libraries look at the server's own terminal.
func terminal(pty ssh.Pty, env []string) Terminal {
	width, height := clamp(pty.Window)
	on := Terminal{Width: width, Height: height}
	for _, variable := range env {
		if name, value, _ := strings.Cut(variable, "="); isUseful(name) && valuePattern.MatchString(value) {
			on.Env = append(on.Env, variable)
		}
	}
	if !valuePattern.MatchString(pty.Term) {
		pty.Term = "xterm"
	}
	on.Env = append(on.Env, "TERM="+pty.Term)
	return on
}

var valuePattern = regexp.MustCompile(`^[A-Za-z0-9._:@+-]{1,64}$`)

func isUseful(name string) bool {
	known := []string{"COLORTERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES"}
	return slices.Contains(known, name)
}
