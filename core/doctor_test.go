package core_test

import (
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage/storagetest"
)

// examined is what the doctor says of each thing: the verdict by its code without "_ok".
func examined(t *testing.T, desk *core.Desk) map[string]core.Verdict {
	t.Helper()
	found, err := desk.Examine(t.Context(), core.Operator())
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]core.Verdict{}
	for _, f := range found {
		if words := catalogue.For("en").T("doctor."+f.Code, f.Args); text.IsMissing(words) {
			t.Errorf("%s has no words", f.Code)
		}
		verdicts[f.Code] = f.Verdict
	}
	return verdicts
}

func TestTheDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		harm string // what is done to a healthy campus
		code string
		want core.Verdict
	}{
		{"nobody in a queue", `delete from memberships where queue_id = (select id from queues where code = 'facilities')`, "queues", core.Uneasy},
		{"a category of a closed queue", `update queues set archived_at = now() where code = 'it'`, "categories_lost", core.Ill},
		{"no admin", `update users set disabled_at = now() where role = 'admin'`, "admins", core.Ill},
		{"no backup", `delete from settings where key = 'last_backup'`, "backup", core.Uneasy},
		{"an old backup", `update settings set value = jsonb_set(value, '{at}', to_jsonb(now() - interval '9 days')) where key = 'last_backup'`, "backup", core.Uneasy},
		{"no worker", `delete from river.river_job`, "worker", core.Ill},
		{"a history that can be rewritten", `grant update on events to helpdesk_app`, "history", core.Ill},
		{"an index half built", `update pg_index set indisvalid = false where indexrelid = 'tickets_updated'::regclass`, "indexes", core.Ill},
		{"a demo", `insert into settings (key, value) values ('demo', 'true')`, "demo", core.Uneasy},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			url := storagetest.URL(t)
			desk := storagetest.DeskWith(t, storagetest.OpenURL(t, url), core.Options{})
			storagetest.CampusOn(t, desk)
			owner, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = owner.Close(t.Context()) }()
			const job = `
				insert into river.river_job (args, kind, max_attempts, state, finalized_at) values ('{}', 'wake_snoozed', 1, 'completed', now())`
			if _, err := owner.Exec(t.Context(), job); err != nil {
				t.Fatal(err)
			}
			if err := desk.RecordBackup(t.Context(), core.Operator(), core.BackupMade{At: time.Now(), Rows: 1, Bytes: 1}); err != nil {
				t.Fatal(err)
			}
			if _, err := desk.SealHistory(t.Context(), core.System()); err != nil {
				t.Fatal(err)
			}
			for code, verdict := range examined(t, desk) {
				// The tests' server has given up durability, and other tests keep it busy.
				if verdict != core.Healthy && !slices.Contains([]string{"durable", "connections", "oldest_work"}, code) {
					t.Errorf("a healthy campus has %s: %s", code, verdict)
				}
			}
			if _, err := owner.Exec(t.Context(), test.harm); err != nil {
				t.Fatal(err)
			}
			if got := examined(t, desk)[test.code]; got != test.want {
				t.Errorf("it says %q of %s, want %q", got, test.code, test.want)
			}
		})
	}
}

func TestOnlyAdminsAskHowTheInstallationIs(t *testing.T) {
	t.Parallel()
	campus := storagetest.NewCampus(t)
	if _, err := campus.Desk.Health(t.Context(), storagetest.As(campus.Ines, core.DoorSSH)); core.KindOf(err) != core.Forbidden {
		t.Errorf("staff read the health: %v", err)
	}
	h, err := campus.Desk.Health(t.Context(), storagetest.As(campus.Ada, core.DoorSSH))
	if err != nil || h.Bytes == 0 || len(h.Tables) == 0 || len(h.Processes) == 0 || h.Schema == 0 || h.Connections < h.Processes[0].Connections {
		t.Errorf("the health is %+v, %v", h, err)
	}
}
