package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"helpdesk.campus/web"
)

// certificate writes a certificate for 127.0.0.1 and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: raw}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestOnlyModernTLSIsSpoken(t *testing.T) {
	t.Parallel()
	s := &serveCommand{}
	s.TLSCert, s.TLSKey = certificate(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := web.Server(http.NotFoundHandler())
	go func() { _ = s.serveHTTP(slog.New(slog.DiscardHandler), server, listener) }()
	t.Cleanup(func() { _ = server.Close() })
	speak := func(config *tls.Config) (uint16, error) {
		config.InsecureSkipVerify = true // the certificate is the test's own
		conn, err := tls.Dial("tcp", listener.Addr().String(), config)
		if err != nil {
			return 0, err
		}
		defer func() { _ = conn.Close() }()
		return conn.ConnectionState().Version, nil
	}
	for _, old := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if _, err := speak(&tls.Config{MinVersion: old, MaxVersion: old}); err == nil {
			t.Errorf("%s is spoken", tls.VersionName(old))
		}
	}
	for _, suite := range tls.InsecureCipherSuites() {
		if _, err := speak(&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}}); err == nil {
			t.Errorf("%s is spoken", suite.Name)
		}
	}
	if version, err := speak(&tls.Config{}); err != nil || version != tls.VersionTLS13 {
		t.Errorf("a browser of today is answered with %s (%v)", tls.VersionName(version), err)
	}
}

// TestARenewedCertificateIsServedWithoutARestart writes another certificate over the first while the page is served, as certbot and
// its like do, and then one that is only half there.
func TestARenewedCertificateIsServedWithoutARestart(t *testing.T) {
	t.Parallel()
	s := &serveCommand{}
	s.TLSCert, s.TLSKey = certificate(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := web.Server(http.NotFoundHandler())
	go func() { _ = s.serveHTTP(slog.New(slog.DiscardHandler), server, listener) }()
	t.Cleanup(func() { _ = server.Close() })
	served := func() []byte {
		t.Helper()
		conn, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{InsecureSkipVerify: true}) // the certificate is the test's own
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		return conn.ConnectionState().PeerCertificates[0].Raw
	}
	ages := time.Now()
	write := func(from, to string) {
		t.Helper()
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		ages = ages.Add(time.Second) // two writings within one tick of a clock are told apart
		if err := errors.Join(os.WriteFile(to, text, 0o600), os.Chtimes(to, ages, ages)); err != nil {
			t.Fatal(err)
		}
	}
	first := served()
	cert, key := certificate(t)
	write(cert, s.TLSCert)
	if !bytes.Equal(served(), first) {
		t.Error("a certificate whose key has not come yet is served")
	}
	write(key, s.TLSKey)
	renewed := served()
	if bytes.Equal(renewed, first) {
		t.Error("the certificate that was renewed is served on")
	}
	if err := os.Remove(s.TLSKey); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(served(), renewed) {
		t.Error("without its key the certificate is gone")
	}
	if err := s.serveHTTP(slog.New(slog.DiscardHandler), web.Server(http.NotFoundHandler()), listener); err == nil {
		t.Error("a certificate without its key is begun with")
	}
}
