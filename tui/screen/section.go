package screen

import (
	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
)

// Analyse asks the console to open the section Data Analysis.
type Analyse struct{}

// Administer asks the console to open the administration.
type Administer struct{}

// Go asks the console to go to a screen that belongs under the one in sight.
type Go struct{ To Screen }

// Settings asks the console to open the person's own settings.
type Settings struct{}

// Search asks the console to show the tickets that a query finds, over the screen on top.
type Search struct{ Query query.Query }

// Prefer asks the console to work in another way from now on, and to keep it so.
type Prefer struct{ Preferences core.Preferences }

// Speak asks the console to speak another language from now on, and to keep it so.
type Speak struct{ Language string }
