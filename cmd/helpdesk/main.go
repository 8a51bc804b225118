// Command helpdesk is the whole product in one program: the page, the console over SSH, the
// background work, and the commands with which an operator looks after them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	_ "time/tzdata" // people choose their zone; not every machine has the list

	"github.com/alecthomas/kong"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/text"
)

// cli is the command line: flags, HELPDESK_* variables and help are all made from it.
type cli struct {
	LogFormat string `default:"text" enum:"text,json" env:"HELPDESK_LOG_FORMAT" help:"How to write the log: ${enum}."`
	LogLevel  string `default:"info" enum:"debug,info,warn,error" env:"HELPDESK_LOG_LEVEL" help:"What to write to the log: ${enum}."`

	Serve    serveCommand    `cmd:"" help:"Serve the page, the console and the background work over your database."`
	Run      runCommand      `cmd:"" help:"Try everything: a demo campus on a private database of its own."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database to this program's schema."`
	User     userCommand     `cmd:"" help:"Look after accounts."`
	Sessions sessionsCommand `cmd:"" help:"See who is signed in, and end it."`
	Queue    queueCommand    `cmd:"" help:"Look after queues and who works them."`
	Category categoryCommand `cmd:"" help:"Look after the kinds of issues."`
	Location locationCommand `cmd:"" help:"Look after sites, buildings and rooms."`
	Trail    trailCommand    `cmd:"" help:"Print who did what, when, from where and with which key."`
	Setting  settingCommand  `cmd:"" help:"Look after settings that can change while it runs."`
	Kiosk    kioskCommand    `cmd:"" help:"Look after the keys that open the wall of dashboards, and nothing else."`
	Calendar calendarCommand `cmd:"" help:"Look after office hours and holidays."`
	Import   importCommand   `cmd:"" help:"Read another system's tickets, with their history."`
	Labels   labelsCommand   `cmd:"" help:"Print labels for a building's doors, that lead to the form."`
	Report   reportCommand   `cmd:"" help:"Print a report of the helpdesk: now, flow, speed, where or people."`
	Backup   backupCommand   `cmd:"" help:"Copy the whole helpdesk into a file, while everybody works on."`
	Restore  restoreCommand  `cmd:"" help:"Make a helpdesk of a backup in an empty database, and prove that nothing is missing."`
	Doctor   doctorCommand   `cmd:"" help:"Look at the whole installation and say what to mend."`
	Audit    auditCommand    `cmd:"" help:"Prove that the history is as it was written."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes, after sysexits.h.
const (
	exitFailure = 1
	exitUsage   = 64
)

// run is main without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c cli
	exit := -1
	parser, err := c.parser(
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(stderr, "helpdesk:", err)
		return exitFailure
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // help was asked for and printed
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "helpdesk: %v\nRun 'helpdesk --help' for what there is.\n", err)
		return exitUsage
	}
	out := &output{out: stdout, err: stderr, log: c.logger(stderr)}
	if err := command.Run(out); err != nil && !errors.Is(err, context.Canceled) {
		out.complainf("helpdesk: %s\n", explain(err))
		return exitFailure
	}
	return 0
}

func (c *cli) parser(options ...kong.Option) (*kong.Kong, error) {
	return kong.New(c, append(options,
		kong.Name("helpdesk"),
		kong.Description("A university's helpdesk: reports on a page, work over SSH."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)...)
}

// output is where a command writes.
type output struct {
	out io.Writer
	err io.Writer
	log *slog.Logger
}

// printf writes words for whoever sits at the terminal, which obeys none of what people wrote into names, keys and lists.
func (o *output) printf(format string, args ...any) { sayf(o.out, format, args...) }

// complainf is printf for what is wrong.
func (o *output) complainf(format string, args ...any) { sayf(o.err, format, args...) }

func sayf(to io.Writer, format string, args ...any) {
	_, _ = io.WriteString(to, plain.Block(fmt.Sprintf(format, args...)).String()) // to whoever still reads
}

func (c *cli) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// explain puts an error of the desk in the catalogue's words.
func explain(err error) string {
	e, ok := errors.AsType[*core.Error](err)
	if !ok || e.Kind == core.Internal {
		return err.Error()
	}
	catalogue, loadErr := text.New()
	if loadErr != nil {
		return err.Error()
	}
	words := catalogue.For("en")
	if len(e.Problems) == 0 {
		return words.T("error."+e.Code, e.Args)
	}
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Field + ": " + words.T("error."+p.Code, p.Args)
	}
	return strings.Join(lines, "\n")
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(o *output) error {
	if _, err := fmt.Fprintf(o.out, "helpdesk %s\n", version()); err != nil {
		return fmt.Errorf("print the version: %w", err)
	}
	return nil
}

// version is what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
