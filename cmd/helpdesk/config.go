package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/storage"
	"helpdesk.campus/storage/embedded"
)

// database says where the database is. Every command that needs one has these flags.
type database struct {
	DatabaseURL       string `env:"HELPDESK_DATABASE_URL,DATABASE_URL" help:"PostgreSQL 15 or later, as postgres://user@host/name. May be a pooler." placeholder:"URL"`
	DatabaseDirectURL string `env:"HELPDESK_DATABASE_DIRECT_URL" help:"The same database without a pooler, for the listener, jobs and migrations; the first by default." placeholder:"URL"`
	DatabaseConns     int32  `default:"8" env:"HELPDESK_DATABASE_CONNS" help:"Connections a process may hold."`
	AllowNewer        bool   `name:"allow-newer-schema" env:"HELPDESK_ALLOW_NEWER_SCHEMA" help:"Start over a database that the next version has migrated already, to go back to this one."`
	Unsafe            bool   `env:"HELPDESK_UNSAFE" help:"Accept a database server that may lose acknowledged reports (fsync off and the like)."`
}

// Validate refuses what is not the URL of a PostgreSQL database.
func (d *database) Validate() error {
	for name, value := range map[string]string{
		"HELPDESK_DATABASE_URL": d.DatabaseURL, "HELPDESK_DATABASE_DIRECT_URL": d.DatabaseDirectURL,
	} {
		if value == "" {
			continue
		}
		if u, err := url.Parse(value); err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
			return fmt.Errorf("%s is not the URL of a PostgreSQL database: write it as postgres://user@host/name", name)
		}
	}
	if d.DatabaseConns < 2 || d.DatabaseConns > 1000 {
		return fmt.Errorf("HELPDESK_DATABASE_CONNS is %d: give a number from 2 to 1000", d.DatabaseConns)
	}
	return nil
}

var errNoDatabase = errors.New("HELPDESK_DATABASE_URL is not set: give the database, as postgres://user@host/name (or try 'helpdesk run', which brings its own)")

func (d *database) direct() string {
	if d.DatabaseDirectURL != "" {
		return d.DatabaseDirectURL
	}
	return d.DatabaseURL
}

// open opens the database the flags name, migrated as it should be.
func (d *database) open(ctx context.Context, o *output, service string, heard func(time.Duration)) (*storage.DB, error) {
	if d.DatabaseURL == "" {
		return nil, errNoDatabase
	}
	db, err := storage.Open(ctx, storage.Config{
		URL: d.DatabaseURL, DirectURL: d.DatabaseDirectURL, MaxConns: d.DatabaseConns, Service: service, Unsafe: d.Unsafe, Logger: o.log, Heard: heard,
		Rehearse: heard != nil, // a process that serves
	})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	switch err := db.CheckSchema(ctx); {
	case errors.Is(err, storage.ErrNewer) && d.AllowNewer:
		o.log.Warn("the database was migrated by a newer program; this one serves it as the version before", "error", err)
	case err != nil:
		db.Close()
		return nil, fmt.Errorf("check the database: %w", err)
	}
	return db, nil
}

// work lends the desk to a command of the operator.
func (d *database) work(ctx context.Context, o *output, do func(*core.Desk) error) error {
	return d.workIn(ctx, o, nil, func(_ *storage.DB, desk *core.Desk) error { return do(desk) })
}

// workIn opens the database for a command of the operator: the one the flags name, or else the private
// one of 'helpdesk run'. The zone is the one that was asked for by name; the campus's if nil.
func (d *database) workIn(ctx context.Context, o *output, zone *time.Location, do func(*storage.DB, *core.Desk) error) error {
	if d.DatabaseURL == "" {
		dir := cmp.Or(os.Getenv("HELPDESK_DATA"), embedded.DefaultDir(demoName))
		if _, err := os.Stat(filepath.Join(dir, "data")); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("HELPDESK_DATABASE_URL is not set, and there is no private database in %s: give the database, as postgres://user@host/name, or begin with 'helpdesk run'", dir)
		}
		server, err := embedded.Start(ctx, embedded.Config{Dir: dir, PGBin: os.Getenv("HELPDESK_PGBIN"), Database: demoName, Logger: o.log})
		if err != nil {
			return fmt.Errorf("HELPDESK_DATABASE_URL is not set, and the private database in %s cannot be used: %w", dir, err)
		}
		defer func() { _ = server.Stop() }()
		d.DatabaseURL = server.URL()
	}
	db, err := d.open(ctx, o, "operator", nil)
	if err != nil {
		return err
	}
	defer db.Close()
	options := core.Options{Zone: zone, HoldZone: zone != nil, Hub: db.Hub(), Logger: o.log}
	if zone == nil {
		if options.Zone, err = zoneOfStart(); err != nil {
			return err
		}
	}
	desk, err := core.New(ctx, db, options)
	if err != nil {
		return fmt.Errorf("open the desk: %w", err)
	}
	return do(db, desk)
}

// campus is what a campus calls itself and when it lives.
type campus struct {
	Name  string    `default:"Campus helpdesk" env:"HELPDESK_NAME" help:"What the helpdesk is called, on the page and in the console, until an admin sets a name."`
	Zone  zoneFlag  `default:"UTC" env:"HELPDESK_ZONE" help:"The campus's time zone, as in Europe/Madrid, until an admin sets one." placeholder:"ZONE"`
	Proxy proxyFlag `env:"HELPDESK_TRUSTED_PROXIES" help:"Addresses or networks of reverse proxies whose X-Forwarded-For is believed, with commas." name:"trusted-proxies" placeholder:"LIST"`

	ReportsPerAddress int `default:"120" env:"HELPDESK_REPORTS_PER_ADDRESS" help:"Reports an hour that people without an account may send from one address; 0 is without limit."`
	ReportsPerAccount int `default:"20" env:"HELPDESK_REPORTS_PER_ACCOUNT" help:"Reports an hour from one account; 0 is without limit. Staff have none."`
	CallsPerToken     int `default:"7200" env:"HELPDESK_CALLS_PER_TOKEN" help:"Calls of the API an hour with one token; 0 is without limit."`
	CallsPerAddress   int `default:"3600" env:"HELPDESK_CALLS_PER_ADDRESS" help:"Calls of the API an hour from one address without a token that holds; 0 is without limit."`

	SSHMaxFile sizeFlag `name:"ssh-max-file" default:"100MB" env:"HELPDESK_SSH_MAX_FILE" help:"How large a file over SSH may be; one of a form on the page may have 10MB." placeholder:"SIZE"`
	APIMaxFile sizeFlag `name:"api-max-file" default:"100MB" env:"HELPDESK_API_MAX_FILE" help:"How large a file over the API may be." placeholder:"SIZE"`
}

// Validate refuses limits below none.
func (c *campus) Validate() error {
	return atLeast(0, map[string]int{
		"HELPDESK_REPORTS_PER_ADDRESS": c.ReportsPerAddress, "HELPDESK_REPORTS_PER_ACCOUNT": c.ReportsPerAccount,
		"HELPDESK_CALLS_PER_TOKEN": c.CallsPerToken, "HELPDESK_CALLS_PER_ADDRESS": c.CallsPerAddress,
	})
}

// atLeast refuses the settings that are smaller, with the words for all of them.
func atLeast(least int, settings map[string]int) error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if n := settings[name]; n < least {
			wrong = append(wrong, fmt.Errorf("%s is %d: give a number from %d on", name, n, least))
		}
	}
	return errors.Join(wrong...)
}

// options are what the desk is told of the campus.
func (c *campus) options() core.Options {
	return core.Options{
		Zone: c.Zone.Location, Limits: c.limits(), Name: c.Name, MaxFile: map[core.Door]int64{core.DoorSSH: int64(c.SSHMaxFile), core.DoorAPI: int64(c.APIMaxFile)},
	}
}

// limits are the usual ones with what the flags say; replies, of which there are more than reports, go along with them.
func (c *campus) limits() core.Limits {
	usual := core.DefaultLimits()
	limits := usual
	limits.ReportsPerAddress, limits.RepliesPerAddress = c.ReportsPerAddress, c.ReportsPerAddress*usual.RepliesPerAddress/usual.ReportsPerAddress
	limits.ReportsPerAccount, limits.RepliesPerAccount = c.ReportsPerAccount, c.ReportsPerAccount*usual.RepliesPerAccount/usual.ReportsPerAccount
	limits.CallsPerToken, limits.CallsPerAddress = c.CallsPerToken, c.CallsPerAddress
	return limits
}

// zoneFlag is an IANA time zone.
type zoneFlag struct{ *time.Location }

// UnmarshalText reads the zone's name.
func (z *zoneFlag) UnmarshalText(name []byte) error {
	zone, err := time.LoadLocation(string(name))
	if err != nil || len(name) == 0 || zone == time.Local {
		return fmt.Errorf("%q is no time zone (--zone, or HELPDESK_ZONE): write it as Europe/Madrid", name)
	}
	z.Location = zone
	return nil
}

// zoneOfStart is the campus's zone while no admin has set one, for a command that has no flag of that meaning.
func zoneOfStart() (*time.Location, error) {
	zone := zoneFlag{time.UTC}
	if name := os.Getenv("HELPDESK_ZONE"); name != "" {
		if err := zone.UnmarshalText([]byte(name)); err != nil {
			return nil, err
		}
	}
	return zone.Location, nil
}

// proxyFlag is a list of networks.
type proxyFlag []netip.Prefix

// UnmarshalText reads addresses and networks with commas between.
func (p *proxyFlag) UnmarshalText(list []byte) (err error) {
	*p, err = networks("HELPDESK_TRUSTED_PROXIES", string(list))
	return err
}

// exemptFlag is a list of networks, or "none".
type exemptFlag []netip.Prefix

// UnmarshalText reads addresses and networks with commas between.
func (e *exemptFlag) UnmarshalText(list []byte) (err error) {
	*e, err = networks("HELPDESK_SSH_EXEMPT", strings.TrimPrefix(string(list), "none"))
	return err
}

func networks(setting, list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		if address, err := netip.ParseAddr(item); err == nil {
			all = append(all, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(item)
		if err != nil {
			return nil, fmt.Errorf("%s has %q, which is no address or network: write 10.0.0.5 or 10.0.0.0/8", setting, item)
		}
		all = append(all, network)
	}
	return all, nil
}

// sshLimits bound the connections of SSH that have not signed in.
type sshLimits struct {
	MaxStartups startupsFlag `name:"ssh-max-startups" default:"128:30:256" env:"HELPDESK_SSH_MAX_STARTUPS" help:"SSH connections that have not signed in, as START:RATE:FULL: from START on, RATE of a hundred find no room, and all from FULL on." placeholder:"LIMITS"`
	PerSource   int          `name:"ssh-per-source" default:"64" env:"HELPDESK_SSH_PER_SOURCE" help:"SSH connections from one address that have not signed in."`
	Exempt      exemptFlag   `name:"ssh-exempt" default:"127.0.0.0/8,::1" env:"HELPDESK_SSH_EXEMPT" help:"Addresses or networks without that bound and without penalties, besides the trusted proxies; none if there are none." placeholder:"LIST"`
}

// Validate refuses to let nobody in.
func (s *sshLimits) Validate() error {
	return atLeast(1, map[string]int{"HELPDESK_SSH_PER_SOURCE": s.PerSource})
}

// startupsFlag is START:RATE:FULL, as in OpenSSH's MaxStartups, or one number.
type startupsFlag sshserver.Startups

// UnmarshalText reads the three numbers.
func (s *startupsFlag) UnmarshalText(text []byte) error {
	numbers := strings.Split(string(text), ":")
	if len(numbers) == 1 {
		numbers = []string{numbers[0], "100", numbers[0]}
	}
	into := []*int{&s.Start, &s.Rate, &s.Full}
	wrong := len(numbers) != len(into)
	for i := 0; i < len(into) && !wrong; i++ {
		n, err := strconv.Atoi(numbers[i])
		*into[i], wrong = n, err != nil || n < 1
	}
	if wrong || s.Rate > 100 || s.Start > s.Full {
		return fmt.Errorf("HELPDESK_SSH_MAX_STARTUPS is %q: write it as 128:30:256, the first number at most the last, the second at most 100", text)
	}
	return nil
}

// urlFlag is where people reach the page. The URL is a field and not embedded: its own way of reading
// itself would be taken for the flag's.
type urlFlag struct{ to *url.URL }

// UnmarshalText reads an http or https URL without a path.
func (u *urlFlag) UnmarshalText(text []byte) error {
	parsed, err := url.Parse(string(text))
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Path != "" && parsed.Path != "/" {
		return fmt.Errorf("HELPDESK_PUBLIC_URL is %q: write it as https://helpdesk.example.edu", text)
	}
	parsed.Path = ""
	u.to = parsed
	return nil
}

// sizeFlag is a number of bytes, at most as many as the database should keep of one file.
type sizeFlag int64

// UnmarshalText reads a number with kB, MB or GB, of 1,024 each, behind it.
func (s *sizeFlag) UnmarshalText(text []byte) error {
	const least, most = 1 << 10, 1 << 30
	digits, unit := strings.ToLower(strings.TrimSpace(string(text))), int64(1)
	for suffix, factor := range map[string]int64{"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30} {
		if rest, found := strings.CutSuffix(digits, suffix); found {
			digits, unit = strings.TrimSpace(rest), factor
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n*unit < least || n*unit > most {
		return fmt.Errorf("%q is no size of a file: write it as 100MB, from 1kB to 1GB", text)
	}
	*s = sizeFlag(n * unit)
	return nil
}
