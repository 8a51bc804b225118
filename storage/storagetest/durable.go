package storagetest

import (
	"context"
	"fmt"
	"os"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
)

// StartDurable starts a server that keeps what it acknowledges, unlike the one that tests share, with a migrated
// database. It lies in a folder of its own below parent, or where temporary files do if that is empty.
func StartDurable(ctx context.Context, parent string) (server *embedded.Server, remove func(), err error) {
	dir, err := os.MkdirTemp(parent, "helpdesk-durable-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder for the server: %w", err)
	}
	remove = func() { _ = os.RemoveAll(dir) }
	if server, err = embedded.Start(ctx, embedded.Config{Dir: dir, Database: "helpdesk", MaxConnections: 200}); err != nil {
		remove()
		return nil, nil, fmt.Errorf("start a server: %w", err)
	}
	remove = func() {
		_ = server.Stop()
		_ = os.RemoveAll(dir)
	}
	if err := storage.Migrate(ctx, server.URL()); err != nil {
		remove()
		return nil, nil, fmt.Errorf("migrate: %w", err)
	}
	return server, remove, nil
}

// CampusAt makes the small campus in the database at url, which is empty.
func CampusAt(t testing.TB, url string) *Campus {
	t.Helper()
	return CampusOn(t, DeskWith(t, OpenURL(t, url), core.Options{}))
}
