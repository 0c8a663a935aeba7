package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// script is a server that answers each connection's requests with texts, then
// closes the connection. "…" as a text says nothing until the client gives up.
type script struct {
	listener net.Listener
	dialled  atomic.Int64
}

func serveScript(t *testing.T, connections ...[]string) *script {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &script{listener: listener}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for _, answers := range connections {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			s.dialled.Add(1)
			s.play(c, answers)
		}
	}()
	return s
}

func (*script) play(c net.Conn, answers []string) {
	defer c.Close()
	r := bufio.NewReader(c)
	for _, text := range answers {
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
		if text == "…" {
			_, _ = r.ReadByte()
			return
		}
		if _, err := io.WriteString(c, text); err != nil {
			return
		}
	}
}

func (s *script) conn(timeout time.Duration) *conn {
	return &conn{to: address{dial: s.listener.Addr().String()}, timeout: timeout}
}

var question = []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")

const fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func TestConnReadsAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		status int
		body   string
		again  bool // the connection serves the next request too
	}{
		"length":      {fine, 200, "ok", true},
		"lower case":  {"HTTP/1.1 201 Created\ncontent-length:  3 \n\nabc", 201, "abc", true},
		"no content":  {"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", 204, "", true},
		"chunked":     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", 200, "abc0123456789", true},
		"interim":     {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + fine, 200, "ok", true},
		"until close": {"HTTP/1.1 200 OK\r\n\r\nall of it", 200, "all of it", false},
		"close":       {"HTTP/1.1 409 Conflict\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", 409, "x", false},
		"HTTP/1.0":    {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
		"kept 1.0":    {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", 200, "x", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := []string{test.answer}
			if test.again {
				first = append(first, fine)
			}
			s := serveScript(t, first, []string{fine})
			c := s.conn(time.Minute)
			defer c.close()
			status, err := c.do(t.Context(), question, nil)
			if err != nil || status != test.status || string(c.body.kept) != test.body {
				t.Fatalf("status %d, body %q, %v", status, c.body.kept, err)
			}
			if status, err := c.do(t.Context(), question, nil); err != nil || status != 200 {
				t.Fatalf("the next request: status %d, %v", status, err)
			}
			if n, want := s.dialled.Load(), map[bool]int64{true: 1, false: 2}[test.again]; n != want {
				t.Errorf("%d connections, want %d", n, want)
			}
		})
	}
}

func TestConnRefusesNonsense(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		want   error
	}{
		"breaks off":          {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf", io.ErrUnexpectedEOF},
		"breaks off in head":  {"HTTP/1.1 200 OK\r\nContent-Le", io.ErrUnexpectedEOF},
		"breaks off in chunk": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", io.ErrUnexpectedEOF},
		"no last chunk":       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", io.ErrUnexpectedEOF},
		"long chunk":          {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", errMalformed},
		"chunk of no size":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nabc\r\n0\r\n\r\n", errMalformed},
		"another protocol":    {"SSH-2.0-OpenSSH\r\n", errMalformed},
		"status":              {"HTTP/1.1 2x0 OK\r\n\r\n", errMalformed},
		"length":              {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", errMalformed},
		"encoding":            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", errMalformed},
		"header":              {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", errMalformed},
		"endless header":      {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", maxHeaders+1) + "\r\n", errMalformed},
		"long header":         {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", readBuffer) + "\r\n\r\n", bufio.ErrBufferFull},
		"endless trailers":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("X: y\r\n", maxHeaders+1), errMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serveScript(t, []string{fine, test.answer}, []string{fine}).conn(time.Minute)
			defer c.close()
			if _, err := c.do(t.Context(), question, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := c.do(t.Context(), question, nil); !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			if status, err := c.do(t.Context(), question, nil); err != nil || status != 200 {
				t.Errorf("the next request: status %d, %v", status, err)
			}
		})
	}
}

// TestConnRepeatsAfterIdling: a connection that the server closed between two
// requests is replaced, and nobody notices; one that never answered is an error.
func TestConnRepeatsAfterIdling(t *testing.T) {
	t.Parallel()
	s := serveScript(t, []string{fine}, []string{fine}, nil)
	c := s.conn(time.Minute)
	defer c.close()
	for range 2 {
		if status, err := c.do(t.Context(), question, nil); err != nil || status != 200 {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	c.close()
	if _, err := c.do(t.Context(), question, nil); err == nil {
		t.Error("no answer at all passes for one")
	}
}

func TestConnGivesUp(t *testing.T) {
	t.Parallel()
	s := serveScript(t, []string{fine, "…"}, []string{fine}, []string{"…"})
	c := s.conn(time.Minute)
	defer c.close()
	if _, err := c.do(t.Context(), question, nil); err != nil {
		t.Fatal(err)
	}
	c.timeout = 20 * time.Millisecond
	_, err := c.do(t.Context(), question, nil)
	if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() || s.dialled.Load() != 1 {
		t.Errorf("%v after %d connections, want a timeout that is not tried again", err, s.dialled.Load())
	}
	c.timeout = time.Minute
	if _, err := c.do(t.Context(), question, nil); err != nil {
		t.Errorf("the next request: %v", err)
	}
	c.close()

	ctx, cancel := context.WithCancelCause(t.Context())
	defer context.AfterFunc(ctx, c.abort)()
	why := errors.New("enough")
	time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
	if _, err := c.do(ctx, question, nil); !errors.Is(err, why) {
		t.Errorf("%v, want the cause of the cancellation", err)
	}
}

func TestConnOverTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(bytes.Repeat(valueKey, 100_000)) // so long that net/http sends chunks
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // that a certificate is refused is wanted
	server.StartTLS()
	defer server.Close()
	a, _, _, err := parseBase(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := &conn{to: a, timeout: time.Minute, trust: x509.NewCertPool()}
	defer c.close()
	if _, err := c.do(t.Context(), question, nil); err == nil {
		t.Error("a certificate of nobody's passes")
	}
	c.trust.AddCert(server.Certificate())
	for range 2 {
		if status, err := c.do(t.Context(), question, valueKey); err != nil || status != 200 || c.body.found != 100_000 {
			t.Fatalf("status %d, %d found, %v", status, c.body.found, err)
		}
	}
}
