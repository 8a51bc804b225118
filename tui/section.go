package tui

import (
	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/tui/dashboard"
	"helpdesk.campus/tui/queue"
	"helpdesk.campus/tui/screen"
)

// push puts a screen on top.
func (c *Console) push(s screen.Screen) tea.Cmd {
	var left tea.Cmd
	if top := c.top(); top != nil {
		left = top.Leave()
	}
	c.stack = append(c.stack, s)
	return tea.Batch(left, s.Enter())
}

// openAnalysis opens the dashboards, once.
func (c *Console) openAnalysis() tea.Cmd {
	if _, there := c.top().(*dashboard.Screen); there {
		return nil
	}
	return c.push(dashboard.New(c.env))
}

// openSearch shows the tickets that a query finds.
func (c *Console) openSearch(m screen.Search) tea.Cmd { return c.push(queue.Found(c.env, m.Query)) }
