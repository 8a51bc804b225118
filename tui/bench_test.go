package tui_test

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/tui"
)

// BenchmarkView draws a full queue, the cursor going down and up.
func BenchmarkView(b *testing.B) {
	desk := storagetest.Desk(b)
	c := storagetest.CampusOn(b, desk)
	for n := range 60 {
		c.Report(b, c.Ana, fmt.Sprintf("Ticket number %03d with a title of some length", n))
	}
	for _, size := range []struct{ w, h int }{{80, 24}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(b *testing.B) {
			console := tui.New(b.Context(), desk, storagetest.As(c.Ines, core.DoorSSH), c.Ines, tui.Options{Width: size.w, Height: size.h})
			msgs := make(chan tea.Msg, 100)
			var run func(cmd tea.Cmd)
			run = func(cmd tea.Cmd) {
				if cmd == nil {
					return
				}
				go func() {
					switch msg := cmd().(type) {
					case tea.BatchMsg:
						for _, cmd := range msg {
							run(cmd)
						}
					default:
						msgs <- msg
					}
				}()
			}
			run(console.Init())
			for quiet := false; !quiet; {
				select {
				case msg := <-msgs:
					_, cmd := console.Update(msg)
					run(cmd)
				case <-time.After(500 * time.Millisecond):
					quiet = true
				}
			}
			down, up := keyOf("j"), keyOf("k")
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				key := down
				if n/20%2 == 1 {
					key = up
				}
				console.Update(key)
				_ = console.View()
			}
		})
	}
}
