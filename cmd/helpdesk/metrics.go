package main

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"helpdesk.campus/core"
	"helpdesk.campus/sshserver"
	"helpdesk.campus/storage"
	"helpdesk.campus/worker"
)

// metrics is what a process tells of itself. docs/services.md says what each means, and a test that it does.
type metrics struct {
	registry *prometheus.Registry

	ready       prometheus.Gauge
	requests    *prometheus.CounterVec
	requestTime *prometheus.HistogramVec
	verbs       *prometheus.CounterVec
	verbTime    *prometheus.HistogramVec
	keyToFrame  prometheus.Histogram
	signIns     *prometheus.CounterVec
	refusals    *prometheus.CounterVec
	turnedAway  *prometheus.CounterVec
	feedDelay   prometheus.Histogram
	jobs        *prometheus.CounterVec
	jobTime     *prometheus.HistogramVec
}

// milliseconds are the limits within which what people wait for is counted: from half of one to ten seconds.
func milliseconds() []float64 {
	return []float64{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10}
}

func newMetrics() *metrics {
	count := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	times := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: milliseconds()}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		ready:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "helpdesk_ready", Help: "1 while the process wants to be sent work."}),
		requests: count("helpdesk_http_requests_total", "Requests to the page, by pattern of the address and status.", "route", "status"),
		requestTime: times("helpdesk_http_request_seconds", "How long answers of the page took, by pattern of the address.",
			"route"),
		verbs:      count("helpdesk_ssh_verbs_total", "Verbs over SSH, by exit status.", "verb", "status"),
		verbTime:   times("helpdesk_ssh_verb_seconds", "How long verbs took.", "verb"),
		keyToFrame: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "helpdesk_key_to_frame_seconds", Help: "From a key in a console to what it changed on the screen.", Buckets: milliseconds()}),
		signIns:    count("helpdesk_sign_ins_total", "Sign-ins over SSH, by key, password or code.", "method"),
		refusals:   count("helpdesk_sign_in_refusals_total", "Refused sign-ins over SSH, by method and kind of error.", "method", "kind"),
		turnedAway: count("helpdesk_ssh_turned_away_total", "Connections of SSH that found no room to sign in.", "why"),
		feedDelay:  prometheus.NewHistogram(prometheus.HistogramOpts{Name: "helpdesk_feed_delay_seconds", Help: "From ringing the bell to hearing it, through the database.", Buckets: milliseconds()}),
		jobs:       count("helpdesk_jobs_total", "Background jobs that were worked on, by how that ended.", "kind", "state"),
		jobTime:    times("helpdesk_job_seconds", "How long background jobs took.", "kind"),
	}
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "helpdesk_build_info", Help: "1, with the program's version.", ConstLabels: prometheus.Labels{"version": version()},
	}, func() float64 { return 1 })
	m.registry.MustRegister(
		m.ready, m.requests, m.requestTime, m.verbs, m.verbTime, m.keyToFrame, m.signIns, m.refusals, m.turnedAway, m.feedDelay, m.jobs, m.jobTime, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// request hears of an answered request.
func (m *metrics) request(route string, status int, took time.Duration) {
	if route == "" {
		route = "none" // nothing is made of what strangers ask for
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.requestTime.WithLabelValues(route).Observe(took.Seconds())
}

// ssh is how the SSH server tells what it does.
func (m *metrics) ssh() sshserver.Observer {
	return sshserver.Observer{
		SignedIn:   func(method string) { m.signIns.WithLabelValues(method).Inc() },
		Refused:    func(method string, kind core.Kind) { m.refusals.WithLabelValues(method, string(kind)).Inc() },
		TurnedAway: func(why string) { m.turnedAway.WithLabelValues(why).Inc() },
		KeyToFrame: func(took time.Duration) { m.keyToFrame.Observe(took.Seconds()) },
		Verb: func(name string, status int, took time.Duration) {
			m.verbs.WithLabelValues(name, strconv.Itoa(status)).Inc()
			m.verbTime.WithLabelValues(name).Observe(took.Seconds())
		},
	}
}

// consoles counts the open consoles of a server.
func (m *metrics) consoles(server *sshserver.Server) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: "helpdesk_ssh_consoles", Help: "Open consoles."}, func() float64 { return float64(server.Consoles()) }))
}

// job hears of a job that was worked on.
func (m *metrics) job(done worker.Done) {
	m.jobs.WithLabelValues(done.Kind, done.State).Inc()
	m.jobTime.WithLabelValues(done.Kind).Observe(done.Took.Seconds())
}

// database tells of a pool of connections.
func (m *metrics) database(db *storage.DB) {
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	m.registry.MustRegister(
		gauge("helpdesk_database_connections_busy", "Connections to the database in use.", func() float64 { return float64(db.Pool().Stat().AcquiredConns()) }),
		gauge("helpdesk_database_connections_open", "Connections to the database.", func() float64 { return float64(db.Pool().Stat().TotalConns()) }),
		gauge("helpdesk_database_connections_most", "Connections to the database that may be open.", func() float64 { return float64(db.Pool().Stat().MaxConns()) }),
		prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "helpdesk_database_wait_seconds_total", Help: "Time spent waiting for a free connection to the database."},
			func() float64 { return db.Pool().Stat().EmptyAcquireWaitTime().Seconds() }),
	)
}
