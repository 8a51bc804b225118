package main

import (
	"context"
	"fmt"

	"helpdesk.campus/core"
)

type kioskCommand struct {
	Add    kioskAddCommand    `cmd:"" help:"Let a key open the wall."`
	List   kioskListCommand   `cmd:"" aliases:"ls" help:"List the keys that open the wall, or did."`
	Revoke kioskRevokeCommand `cmd:"" help:"Take a key away from the wall."`
}

type kioskAddCommand struct {
	database `embed:""`

	Key  string `required:"" type:"existingfile" help:"Public SSH key (a .pub file)." placeholder:"FILE"`
	Name string `help:"What the wall is called; the key's own comment by default."`
}

// Run registers the key.
func (k *kioskAddCommand) Run(ctx context.Context, o *output) error {
	key, err := readKey(k.Key)
	if err != nil {
		return err
	}
	return k.work(ctx, o, func(desk *core.Desk) error {
		added, err := desk.AddKioskKey(ctx, core.Operator(), key, k.Name)
		if err != nil {
			return err
		}
		o.printf("The key %s opens the wall.\n", added.Fingerprint)
		return nil
	})
}

type kioskListCommand struct {
	database `embed:""`

	CSV bool `help:"As CSV."`
}

// Run lists the keys.
func (k *kioskListCommand) Run(ctx context.Context, o *output) error {
	return k.work(ctx, o, func(desk *core.Desk) error {
		keys, err := desk.KioskKeys(ctx, core.Operator())
		if err != nil {
			return err
		}
		out := newSheet(o.out, k.CSV, "id", "fingerprint", "name", "used_at", "revoked_at")
		for _, key := range keys {
			out.row(fmt.Sprint(key.ID), key.Fingerprint, key.Name, stamp(key.LastUsedAt), stamp(key.RevokedAt))
		}
		return out.flush()
	})
}

type kioskRevokeCommand struct {
	database `embed:""`

	ID int64 `arg:"" help:"The key's number, from kiosk list."`
}

// Run takes the key away.
func (k *kioskRevokeCommand) Run(ctx context.Context, o *output) error {
	return k.work(ctx, o, func(desk *core.Desk) error {
		if err := desk.RevokeKioskKey(ctx, core.Operator(), k.ID); err != nil {
			return err
		}
		o.printf("The key opens the wall no more.\n")
		return nil
	})
}
