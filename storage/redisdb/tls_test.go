package redisdb

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/roster-scim/roster/storage/storagetest/servers"
)

// authority makes certificates for a test.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string // its file
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	a.cert, a.key = a.sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	a.pem = a.write(t, "ca.pem", "CERTIFICATE", a.cert.Raw)
	return a
}

func (a *authority) sign(t *testing.T, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("key: %v", err)
	}
	parent, signer := template, key
	if a.cert != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatalf("certificate: %v", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("certificate: %v", err)
	}
	return cert, key
}

func (a *authority) write(t *testing.T, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatalf("write: %v", err)
	}
	return path
}

// pair is a certificate for 127.0.0.1 that serves both ends.
func (a *authority) pair(t *testing.T) (certificate, key string) {
	t.Helper()
	cert, private := a.sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"redis.example"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	})
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatalf("key: %v", err)
	}
	return a.write(t, "pair.pem", "CERTIFICATE", cert.Raw), a.write(t, "pair.key", "PRIVATE KEY", der)
}

// terminate puts TLS in front of a server.
func terminate(t *testing.T, config *tls.Config, target string) (addr string) {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() {
		listener.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { join(client, target) })
		}
	})
	return listener.Addr().String()
}

func join(client net.Conn, target string) {
	defer client.Close()
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	both.Go(func() {
		io.Copy(server, client)
		server.Close()
	})
	both.Go(func() {
		io.Copy(client, server)
		client.Close()
	})
	both.Wait()
}

func TestTLS(t *testing.T) {
	t.Parallel()
	a, stranger := newAuthority(t), newAuthority(t)
	certificate, key := a.pair(t)
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatalf("pair: %v", err)
	}
	known := x509.NewCertPool()
	known.AddCert(a.cert)
	target := strings.TrimPrefix(servers.Redis(t), "redis://")
	plain := terminate(t, &tls.Config{Certificates: []tls.Certificate{pair}}, target)
	mutual := terminate(t, &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: known}, target)
	ancient := terminate(t, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, target)
	for _, c := range []struct{ name, url, says string }{
		{"verified", "rediss://" + plain + "?ca=" + a.pem, ""},
		{"by name", "rediss://" + plain + "?server_name=redis.example&ca=" + a.pem, ""},
		{"client certificate", "rediss://" + mutual + "?ca=" + a.pem + "&cert=" + certificate + "&key=" + key, ""},
		{"wrong name", "rediss://" + plain + "?server_name=other.example&ca=" + a.pem, "other.example"},
		{"other authority", "rediss://" + plain + "?ca=" + stranger.pem, "certificate signed by unknown authority"},
		{"system's authorities", "rediss://" + plain, "certificate signed by unknown authority"},
		{"no client certificate", "rediss://" + mutual + "?ca=" + a.pem, "certificate required"},
		{"TLS 1.1", "rediss://" + ancient + "?ca=" + a.pem, "protocol version"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := open(t, c.url, patient).Check(t.Context())
			switch {
			case c.says == "" && err != nil:
				t.Errorf("%v", err)
			case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
				t.Errorf("%v, want it to say %q", err, c.says)
			}
		})
	}
}
