package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/crypto/acme/autocert"
	"golang.org/x/sync/errgroup"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/storage"
	"helpdesk.campus/web"
	"helpdesk.campus/worker"
)

// serveCommand runs the services over a database of the operator's.
type serveCommand struct {
	database `embed:""`
	campus   `embed:""`

	Only      string  `enum:",web,ssh,worker" default:"" env:"HELPDESK_ONLY" help:"Run one service alone: web, ssh or worker." placeholder:"SERVICE"`
	PublicURL urlFlag `env:"HELPDESK_PUBLIC_URL" help:"Where people reach the page, as https://helpdesk.example.edu; links and labels are made of it." placeholder:"URL"`
	WebAddr   string  `default:"127.0.0.1:8080" env:"HELPDESK_WEB_ADDR" help:"Address of the page."`
	SSHAddr   string  `name:"ssh-addr" default:"127.0.0.1:2222" env:"HELPDESK_SSH_ADDR" help:"Address of the console."`
	SSHPort   int     `name:"ssh-port" env:"HELPDESK_SSH_PORT" help:"Port that people give ssh, for the commands that texts name, where something passes it on to another; the address's by default." placeholder:"PORT"`
	sshLimits `embed:""`
	AdminAddr string        `env:"HELPDESK_ADMIN_ADDR" help:"Address of /healthz, /readyz and /metrics, as 127.0.0.1:9090, that nobody but those who run it should reach; none by default." placeholder:"ADDRESS"`
	DrainWait time.Duration `default:"0s" env:"HELPDESK_DRAIN_WAIT" help:"How long a process that is told to stop goes on serving after /readyz says so, until those who send it work have seen it; 5s behind a load balancer." placeholder:"TIME"`
	TLSCert   string        `name:"tls-cert" env:"HELPDESK_TLS_CERT" type:"path" help:"Certificate for https, in PEM." placeholder:"FILE"`
	TLSKey    string        `name:"tls-key" env:"HELPDESK_TLS_KEY" type:"path" help:"Its key, in PEM." placeholder:"FILE"`
	ACMEDir   string        `name:"acme-dir" env:"HELPDESK_ACME_DIR" type:"path" help:"Get certificates by ACME (Let's Encrypt) for the public URL's host, and keep them in this folder." placeholder:"DIR"`
	Emergency string        `env:"HELPDESK_EMERGENCY" help:"Number to call in danger, shown before the form."`
	HelpPhone string        `name:"help-phone" env:"HELPDESK_HELP_PHONE" help:"Telephone of the helpdesk, shown under help."`
	HelpEmail string        `name:"help-email" env:"HELPDESK_HELP_EMAIL" help:"E-mail of the helpdesk, shown under help."`
}

// Validate refuses settings that hold for nothing, or do not fit each other.
func (s *serveCommand) Validate() error {
	if err := errors.Join(s.database.Validate(), s.campus.Validate(), s.sshLimits.Validate()); err != nil {
		return err
	}
	for name, address := range map[string]string{"HELPDESK_WEB_ADDR": s.WebAddr, "HELPDESK_SSH_ADDR": s.SSHAddr, "HELPDESK_ADMIN_ADDR": s.AdminAddr} {
		if address == "" && name == "HELPDESK_ADMIN_ADDR" {
			continue
		}
		if _, err := net.ResolveTCPAddr("tcp", address); err != nil {
			return fmt.Errorf("%s is %q, which is no address: write it as 127.0.0.1:8080 or :8080", name, address)
		}
	}
	if s.SSHPort < 0 || s.SSHPort > 65535 {
		return fmt.Errorf("HELPDESK_SSH_PORT is %d: give a port from 1 to 65535", s.SSHPort)
	}
	if s.DrainWait < 0 || s.DrainWait > time.Minute {
		return fmt.Errorf("HELPDESK_DRAIN_WAIT is %s: give a time from 0s to 1m", s.DrainWait)
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return errors.New("HELPDESK_TLS_CERT and HELPDESK_TLS_KEY belong together: give both or none")
	}
	if s.ACMEDir != "" && s.TLSCert != "" {
		return errors.New("HELPDESK_ACME_DIR and HELPDESK_TLS_CERT exclude each other: give one")
	}
	return nil
}

// Run serves until the context ends.
func (s *serveCommand) Run(ctx context.Context, o *output) error {
	if s.DatabaseURL == "" {
		return errNoDatabase
	}
	if s.PublicURL.to == nil {
		return errors.New("HELPDESK_PUBLIC_URL is not set: say where people reach the page, as https://helpdesk.example.edu")
	}
	figures := newMetrics()
	db, err := s.open(ctx, o, serviceName(s.Only), func(delay time.Duration) { figures.feedDelay.Observe(delay.Seconds()) })
	if err != nil {
		return err
	}
	defer db.Close()
	var demo bool
	if _, err := db.Setting(ctx, demoSetting, &demo); err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	if demo && !(loopback(s.WebAddr) && loopback(s.SSHAddr)) {
		return errors.New("this is a demo database, whose people's passwords everybody knows: it is served on 127.0.0.1 alone")
	}
	options := s.options()
	options.Hub, options.Logger = db.Hub(), o.log
	desk, err := core.New(ctx, db, options)
	if err != nil {
		return fmt.Errorf("open the desk: %w", err)
	}
	return s.services(ctx, o, db, desk, figures, demo, nil)
}

func serviceName(only string) string {
	if only == "" {
		return "all"
	}
	return only
}

func loopback(address string) bool {
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return false
	}
	ip, ok := netip.AddrFromSlice(a.IP)
	return ok && ip.Unmap().IsLoopback()
}

// addresses are where the services listen, once they do.
type addresses struct{ web, ssh, admin net.Addr }

// services runs the services that were asked for until the context ends or one of them fails. Ready,
// if not nil, is called when all of them listen.
func (s *serveCommand) services(ctx context.Context, o *output, db *storage.DB, desk *core.Desk, figures *metrics, demo bool, ready func(addresses)) error {
	catalogue, err := text.New()
	if err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	figures.database(db)
	admin := &adminListener{metrics: figures, logger: o.log, check: db.Ready}
	at := addresses{}
	if s.AdminAddr != "" {
		address, shut, err := admin.serve(ctx, s.AdminAddr)
		if err != nil {
			return err
		}
		defer shut()
		at.admin = address
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, serving := errgroup.WithContext(serving)
	group.Go(func() error { desk.KeepFace(serving); return nil })
	if s.runs("web") {
		if at.web, err = s.startWeb(serving, o, group, desk, catalogue, figures, demo); err != nil {
			return err
		}
	}
	if s.runs("ssh") {
		if at.ssh, err = s.startSSH(serving, o, group, db, desk, catalogue, figures, at.web); err != nil {
			return err
		}
	}
	if s.runs("worker") {
		pool, closePool, err := db.JobPool(ctx)
		if err != nil {
			return fmt.Errorf("connect the worker: %w", err)
		}
		defer closePool()
		w, err := worker.New(desk, pool, o.log)
		if err != nil {
			return fmt.Errorf("make the worker: %w", err)
		}
		w.Observe(figures.job)
		group.Go(func() error { return w.Run(serving) })
	}
	admin.want(true)
	o.log.Info("serving", "services", serviceName(s.Only), "web", at.web, "ssh", at.ssh, "admin", at.admin)
	if ready != nil {
		ready(at)
	}
	defer context.AfterFunc(ctx, func() { s.wane(o, admin, stop) })()
	return group.Wait()
}

func (s *serveCommand) runs(service string) bool { return s.Only == "" || s.Only == service }

// wane says that no more work is wanted, goes on serving until those who send it have seen that, and then stops.
func (s *serveCommand) wane(o *output, admin *adminListener, stop func()) {
	admin.want(false)
	o.log.Info("stopping", "after", s.DrainWait)
	time.Sleep(s.DrainWait)
	stop()
}

func (s *serveCommand) startWeb(
	ctx context.Context, o *output, group *errgroup.Group, desk *core.Desk, catalogue *text.Catalogue, figures *metrics, demo bool,
) (net.Addr, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.WebAddr)
	if err != nil {
		return nil, fmt.Errorf("listen for the page: %w", err)
	}
	handler, err := web.New(desk, catalogue, web.Options{
		PublicURL: s.publicURL(listener.Addr()), TrustedProxies: s.Proxy, Logger: o.log, Demo: demo,
		Emergency: s.Emergency, Phone: s.HelpPhone, Email: s.HelpEmail, Served: figures.request, Closing: ctx.Done(),
	})
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("make the page: %w", err)
	}
	group.Go(func() error { return s.serveWeb(ctx, o.log, listener, handler) })
	return listener.Addr(), nil
}

func (s *serveCommand) startSSH(
	ctx context.Context, o *output, group *errgroup.Group, db *storage.DB, desk *core.Desk, catalogue *text.Catalogue, figures *metrics, page net.Addr,
) (net.Addr, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.SSHAddr)
	if err != nil {
		return nil, fmt.Errorf("listen for the console: %w", err)
	}
	port := s.SSHPort
	if at, ok := listener.Addr().(*net.TCPAddr); ok && port == 0 {
		port = at.Port
	}
	server, err := s.sshServer(ctx, o, db, desk, catalogue, figures, page, port)
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	group.Go(func() error { return serveSSH(ctx, listener, server) })
	return listener.Addr(), nil
}

// publicURL is where people reach the page: as configured, or just where it listens.
func (s *serveCommand) publicURL(listening net.Addr) *url.URL {
	if s.PublicURL.to != nil {
		return s.PublicURL.to
	}
	return &url.URL{Scheme: "http", Host: listening.String()}
}

// drain is how long a stop waits for what is under way.
const drain = 25 * time.Second

func (s *serveCommand) serveWeb(ctx context.Context, logger *slog.Logger, listener net.Listener, handler http.Handler) error {
	server := web.Server(handler)
	failed := make(chan error, 1)
	go func() { failed <- s.serveHTTP(logger, server, listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the page: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		return fmt.Errorf("drain the page: %w", err)
	}
	return nil
}

func (s *serveCommand) serveHTTP(logger *slog.Logger, server *http.Server, listener net.Listener) error {
	switch {
	case s.ACMEDir != "":
		manager := &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(filepath.Clean(s.ACMEDir)), HostPolicy: autocert.HostWhitelist(s.PublicURL.to.Hostname()),
		}
		server.TLSConfig = manager.TLSConfig()
		server.TLSConfig.MinVersion = tls.VersionTLS12
		return server.ServeTLS(listener, "", "")
	case s.TLSCert != "":
		files := &renewable{cert: s.TLSCert, key: s.TLSKey, logger: logger}
		if err := files.load(); err != nil {
			return err
		}
		server.TLSConfig = &tls.Config{GetCertificate: files.get, MinVersion: tls.VersionTLS12}
		return server.ServeTLS(listener, "", "")
	}
	return server.Serve(listener)
}

// sshServer makes the console's server. Its host key is made once and kept in the database, so that
// every process shows the same one. Listening is where the page does in this process; nil if it does not. The port is the
// one that people give ssh.
func (s *serveCommand) sshServer(
	ctx context.Context, o *output, db *storage.DB, desk *core.Desk, catalogue *text.Catalogue, figures *metrics, listening net.Addr, port int,
) (*sshserver.Server, error) {
	fresh, err := sshserver.NewHostKey()
	if err != nil {
		return nil, fmt.Errorf("make a host key: %w", err)
	}
	key, err := db.Secret(ctx, "ssh_host_key_ed25519", fresh)
	if err != nil {
		return nil, fmt.Errorf("read the host key: %w", err)
	}
	page := ""
	if s.PublicURL.to != nil || listening != nil {
		page = s.publicURL(listening).String()
	}
	server, err := sshserver.New(desk, catalogue, sshserver.Options{
		HostKeys: [][]byte{key}, PublicURL: page, Port: port, Version: version(), Logger: o.log, Observer: figures.ssh(),
		Startups: sshserver.Startups(s.MaxStartups), PerSource: s.PerSource, Exempt: slices.Concat([]netip.Prefix(s.Exempt), s.Proxy),
	})
	if err != nil {
		return nil, fmt.Errorf("make the console: %w", err)
	}
	figures.consoles(server)
	return server, nil
}

func serveSSH(ctx context.Context, listener net.Listener, server *sshserver.Server) error {
	failed := make(chan error, 1)
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	defer stopServing()
	go func() { failed <- server.Serve(serving, listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the console: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := server.Shutdown(stop); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("drain the consoles: %w", err)
	}
	return nil
}
