package core

import (
	"testing"

	"helpdesk.campus/core/action"
)

func TestThePolicyKnowsOnlyActionsOfTheRegistry(t *testing.T) {
	t.Parallel()
	for name := range policy {
		if _, ok := action.Find(name); !ok {
			t.Errorf("the policy has a row for %q, of which the registry knows nothing", name)
		}
	}
}
