package core_test

import (
	"slices"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestATeamIsWhoWorksInOnesQueues(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	names := func(u core.User) []string {
		t.Helper()
		people, err := c.Desk.Team(t.Context(), storagetest.As(u, core.DoorSSH))
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, p := range people {
			list = append(list, p.Username)
		}
		slices.Sort(list)
		return list
	}
	if got := names(c.Ines); !slices.Equal(got, []string{"ines", "ivan"}) {
		t.Errorf("the team of IT is %v", got)
	}
	if got := names(c.Ada); !slices.Contains(got, "fay") || !slices.Contains(got, "ivan") || slices.Contains(got, "ana") {
		t.Errorf("an admin sees %v", got)
	}
	_, err := c.Desk.Team(t.Context(), storagetest.As(c.Ana, core.DoorWeb))
	wantKind(t, err, core.Forbidden)
}
