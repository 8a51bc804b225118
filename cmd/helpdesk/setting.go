package main

import (
	"context"

	"helpdesk.campus/core"
)

type settingCommand struct {
	Set  settingSetCommand  `cmd:"" help:"Change a setting: emergency_note is shown before the form, emergency_note.es to those who read Spanish; name is what the helpdesk is called; zone is the campus's time zone, as Europe/Madrid; terms are the first days of terms, as 04-01 10-01. An empty text takes it back."`
	Get  settingGetCommand  `cmd:"" help:"Print a setting."`
	List settingListCommand `cmd:"" aliases:"ls" help:"Name the settings that have been made."`
	Undo settingUndoCommand `cmd:"" help:"Take back the newest change of a setting, of office_hours or of holidays, whoever made it."`
}

type settingSetCommand struct {
	database `embed:""`

	Key  string `arg:"" help:"Which setting, such as emergency_note."`
	Text string `arg:"" help:"What it says; empty takes it back."`
}

// Run changes the setting; pages show it within seconds.
func (s *settingSetCommand) Run(ctx context.Context, o *output) error {
	return s.work(ctx, o, func(desk *core.Desk) error {
		if err := desk.SetSetting(ctx, core.Operator(), s.Key, s.Text); err != nil {
			return err
		}
		if s.Text == "" {
			o.printf("%s says nothing now.\n", s.Key)
			return nil
		}
		o.printf("%s is set.\n", s.Key)
		return nil
	})
}

type settingGetCommand struct {
	database `embed:""`

	Key string `arg:"" help:"Which setting."`
}

// Run prints the setting.
func (s *settingGetCommand) Run(ctx context.Context, o *output) error {
	return s.work(ctx, o, func(desk *core.Desk) error {
		text, err := desk.Setting(ctx, core.Operator(), s.Key)
		if err != nil {
			return err
		}
		o.printf("%s\n", text)
		return nil
	})
}

type settingListCommand struct {
	database `embed:""`
}

// Run names the settings.
func (s *settingListCommand) Run(ctx context.Context, o *output) error {
	return s.work(ctx, o, func(desk *core.Desk) error {
		keys, err := desk.Settings(ctx, core.Operator())
		if err != nil {
			return err
		}
		for _, key := range keys {
			o.printf("%s\n", key)
		}
		return nil
	})
}

type settingUndoCommand struct {
	database `embed:""`

	Key string `arg:"" help:"Which setting, or office_hours, or holidays."`
}

// Run takes the change back; taken back once more, it is there again.
func (s *settingUndoCommand) Run(ctx context.Context, o *output) error {
	return s.work(ctx, o, func(desk *core.Desk) error {
		undone, err := desk.RevertSetting(ctx, core.Operator(), s.Key, "")
		if err != nil {
			return err
		}
		o.printf("The change of %s of %s is taken back.\n", s.Key, stamp(undone.At))
		return nil
	})
}
