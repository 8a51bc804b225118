package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
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
	go func() { _ = s.serveHTTP(server, listener) }()
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
