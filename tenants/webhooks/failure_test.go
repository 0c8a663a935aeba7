package webhooks

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
)

// certificate is one of an authority of its own.
func certificate(t *testing.T, name string, from, until time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// TestCertificates: what is wrong with one is said in words, and nothing is sent.
func TestCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	good, trusted := certificate(t, "hooks.example", now.Add(-time.Hour), now.Add(time.Hour))
	old, trustedOld := certificate(t, "hooks.example", now.Add(-2*time.Hour), now.Add(-time.Hour))
	for name, c := range map[string]struct {
		cert    tls.Certificate
		trusted *x509.CertPool
		host    string
		highest uint16
		want    string // "": it is delivered
	}{
		"good":    {good, trusted, "hooks.example", 0, ""},
		"name":    {good, trusted, "other.example", 0, "the certificate is not valid for other.example"},
		"expired": {old, trustedOld, "hooks.example", 0, "the certificate has expired or is not valid yet"},
		"unknown": {good, x509.NewCertPool(), "hooks.example", 0, "the certificate is from an authority that is not trusted here"},
		"TLS 1.1": {good, trusted, "hooks.example", tls.VersionTLS11, "the TLS handshake failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := 0
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got++ }))
			server.TLS = &tls.Config{Certificates: []tls.Certificate{c.cert}, MinVersion: tls.VersionTLS10, MaxVersion: c.highest}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			names := &nameServer{answers: map[string][]string{"hooks.example": {"127.0.0.1"}, "other.example": {"127.0.0.1"}}}
			sender := NewSender(SenderOptions{Guard: authz.Guard{AllowLoopback: true}, resolver: names.resolver(t),
				tls: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.trusted}})
			defer sender.Close()
			_, port, err := net.SplitHostPort(server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			a := sender.send(t.Context(), hook("https://"+c.host+":"+port), message{id: "evt", body: []byte("{}")})
			if !strings.HasPrefix(a.failure, c.want) || (c.want == "") != (a.failure == "") || (got == 1) != (c.want == "") {
				t.Errorf("%q, %d requests", a.failure, got)
			}
		})
	}
}

// TestLowestTLS: nobody has to say it.
func TestLowestTLS(t *testing.T) {
	t.Parallel()
	if v := NewSender(SenderOptions{}).transport.TLSClientConfig.MinVersion; v != tls.VersionTLS12 {
		t.Errorf("%x", v)
	}
}

func TestFailuresInWords(t *testing.T) {
	t.Parallel()
	names := &nameServer{answers: map[string][]string{}}
	sender := NewSender(SenderOptions{Guard: authz.Guard{AllowLoopback: true}, resolver: names.resolver(t), Timeout: 2 * time.Second})
	defer sender.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	for url, want := range map[string]string{
		"https://nobody.example/":                            "there is no host with the name nobody.example",
		"http://127.0.0.1:1/":                                "nothing listens at that address: the connection was refused",
		strings.Replace(plain.URL, "http://", "https://", 1): "it does not speak TLS at that port",
		"https://a b/":                                       "the address is none that can be called",
	} {
		if a := sender.send(t.Context(), hook(url), message{id: "evt"}); !strings.HasPrefix(a.failure, want) || a.status != 0 {
			t.Errorf("%s: %s", url, a.failure)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if a := sender.send(ctx, hook(plain.URL), message{id: "evt"}); a.failure != "the attempt was cut off because this server stops" {
		t.Errorf("%s", a.failure)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "1": time.Second, " 120 ": 2 * time.Minute, "86400": 24 * time.Hour, "86401": 24 * time.Hour,
		"99999999999999999999": 24 * time.Hour, "-5": 0, "1.5": 0, "soon": 0,
		"Sun, 01 Mar 2026 12:05:00 GMT": 5 * time.Minute, "Sun, 01 Mar 2026 11:00:00 GMT": 0, "Mon, 01 Mar 2027 12:00:00 GMT": 24 * time.Hour,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

// TestEndlessAnswer: it is cut, and the status counts.
func TestEndlessAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write([]byte(strings.Repeat("ä", 4096))); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	sender := NewSender(SenderOptions{Guard: authz.Guard{AllowLoopback: true}})
	defer sender.Close()
	a := sender.send(t.Context(), hook(server.URL), message{id: "evt"})
	if a.failure != "" || a.status != 200 || !a.response.Cut || len(a.response.Body) != keptBody {
		t.Errorf("%d, %q, %d bytes", a.status, a.failure, len(a.response.Body))
	}
}
