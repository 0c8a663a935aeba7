package webhooks

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/roster-scim/roster/authz"
)

// nameServer answers a query for an IPv4 address of a name with the next of a
// list, and for anything else with nothing (RFC 1035).
type nameServer struct {
	mu      sync.Mutex
	answers map[string][]string // the last one goes on
	asked   atomic.Int64
}

func (s *nameServer) next(name string) (netip.Addr, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.answers[name]
	if len(list) == 0 {
		return netip.Addr{}, false
	}
	if len(list) > 1 {
		s.answers[name] = list[1:]
	}
	return netip.MustParseAddr(list[0]), true
}

// resolver has names looked up by the server alone.
func (s *nameServer) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go s.serve(conn)
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (s *nameServer) serve(conn net.PacketConn) {
	query := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(query)
		if err != nil {
			return
		}
		s.asked.Add(1)
		_, _ = conn.WriteTo(s.answer(query[:n]), from)
	}
}

func (s *nameServer) answer(query []byte) []byte {
	var labels []string
	at := 12
	for query[at] != 0 {
		n := int(query[at])
		labels = append(labels, string(query[at+1:at+1+n]))
		at += n + 1
	}
	kind := binary.BigEndian.Uint16(query[at+1:])
	question := query[12 : at+5]
	reply := append([]byte{}, query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	reply = append(reply, question...)
	addr, found := s.lookup(kind, strings.Join(labels, "."))
	if !found {
		return reply
	}
	reply[7] = 1 // an answer
	reply = append(reply, 0xc0, 12)
	reply = binary.BigEndian.AppendUint16(reply, kind)
	reply = append(reply, 0, 1, 0, 0, 0, 0)
	reply = binary.BigEndian.AppendUint16(reply, uint16(len(addr.AsSlice())))
	return append(reply, addr.AsSlice()...)
}

func (s *nameServer) lookup(kind uint16, name string) (netip.Addr, bool) {
	const a, aaaa = 1, 28
	switch kind {
	case a:
		return s.next(name)
	case aaaa:
		return s.next("v6." + name)
	}
	return netip.Addr{}, false
}

// trap is a server on this machine that must not be reached.
type trap struct {
	server *httptest.Server
	conns  atomic.Int64
}

func newTrap(t *testing.T) *trap {
	t.Helper()
	p := &trap{}
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	p.server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			p.conns.Add(1)
		}
	}
	p.server.StartTLS()
	t.Cleanup(p.server.Close)
	return p
}

func (p *trap) port() string {
	u, err := url.Parse(p.server.URL)
	if err != nil {
		panic(err)
	}
	return u.Port()
}

func hook(url string) *Webhook {
	return &Webhook{URL: url, Secrets: []Secret{newSecret(nil, time.Now())}}
}

// TestNothingInsideIsDialled: whatever is in the database, and whatever a name
// stands for at the moment of dialling, nothing but public addresses is called.
func TestNothingInsideIsDialled(t *testing.T) {
	t.Parallel()
	p := newTrap(t)
	names := &nameServer{answers: map[string][]string{
		"loopback.example":        {"127.0.0.1"},
		"any.example":             {"0.0.0.0"},
		"private.example":         {"10.0.0.1"},
		"metadata.example":        {"169.254.169.254"},
		"v6.mapped.example":       {"::ffff:127.0.0.1"},
		"v6.six.example":          {"::1"},
		"v6.local.example":        {"fe80::1"},
		"v6.unique.example":       {"fd00:ec2::254"},
		"v6.nat.example":          {"64:ff9b::7f00:1"},
		"rebinding.example":       {"127.0.0.1"},
		"shared.example":          {"100.64.0.1"},
		"documentation.example":   {"192.0.2.1"},
		"broadcast.example":       {"255.255.255.255"},
		"v6.six-to-four.example":  {"2002:7f00:1::"},
		"v6.compatible.example":   {"::127.0.0.1"},
		"v6.documentation.exampl": {"2001:db8::1"},
	}}
	hosts := slices.Clone(inside)
	for name := range names.answers {
		hosts = append(hosts, strings.TrimPrefix(name, "v6."))
	}
	sender := NewSender(SenderOptions{resolver: names.resolver(t), Timeout: 5 * time.Second,
		tls: &tls.Config{InsecureSkipVerify: true}})
	defer sender.Close()
	for _, host := range hosts {
		a := sender.send(t.Context(), hook("https://"+host+":"+p.port()+"/"), message{id: "evt", body: []byte("{}")})
		if a.status != 0 || a.failure == "" {
			t.Errorf("%s answers %d", host, a.status)
		}
		if strings.HasSuffix(host, ".example") && !strings.Contains(a.failure, "is not a public address") {
			t.Errorf("%s: %s", host, a.failure)
		}
	}
	if n := p.conns.Load(); n != 0 {
		t.Errorf("there were %d connections", n)
	}
	open := NewSender(SenderOptions{Guard: authz.Guard{AllowLoopback: true}, resolver: names.resolver(t),
		tls: &tls.Config{InsecureSkipVerify: true}})
	defer open.Close()
	if a := open.send(t.Context(), hook("https://loopback.example:"+p.port()+"/"), message{id: "evt"}); a.status != 200 || p.conns.Load() != 1 {
		t.Errorf("the trap does not work: %+v", a)
	}
	if len(hosts) < 30 || names.asked.Load() == 0 {
		t.Errorf("%d hosts were tried, names were looked up %d times", len(hosts), names.asked.Load())
	}
}

// TestRebinding: a name that was public when the webhook was made, and at the
// first attempt, and then is this machine, is refused; and the address that was
// checked is the one that is dialled, whatever the name stands for afterwards.
func TestRebinding(t *testing.T) {
	t.Parallel()
	p := newTrap(t)
	names := &nameServer{answers: map[string][]string{
		"a.example": {"127.0.0.2", "127.0.0.1"}, // in turn allowed and not
	}}
	guard := authz.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}}
	sender := NewSender(SenderOptions{Guard: guard, resolver: names.resolver(t), Timeout: 5 * time.Second,
		tls: &tls.Config{InsecureSkipVerify: true}})
	defer sender.Close()
	url := "https://a.example:" + p.port() + "/"
	if err := checkURL(url, guard); err != nil {
		t.Fatal(err)
	}
	first := sender.send(t.Context(), hook(url), message{id: "evt", body: []byte("{}")})
	second := sender.send(t.Context(), hook(url), message{id: "evt", body: []byte("{}")})
	if first.failure != "nothing listens at that address: the connection was refused" {
		t.Errorf("at first: %q", first.failure) // 127.0.0.2 was dialled, where nobody is
	}
	if want := "127.0.0.1 is not a public address; whoever runs Roster can allow its network (ROSTER_WEBHOOK_ALLOW)"; second.failure != want {
		t.Errorf("then: %q", second.failure)
	}
	if n := p.conns.Load(); n != 0 {
		t.Errorf("there were %d connections", n)
	}
}

// TestRedirectIsNotFollowed: not even to where the first address was allowed.
func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	p := newTrap(t)
	for _, to := range []string{"http://169.254.169.254/latest/meta-data/", p.server.URL, "//metadata.google.internal/", ":%:"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", to)
				w.WriteHeader(status)
			}))
			sender := NewSender(SenderOptions{Guard: authz.Guard{AllowLoopback: true}})
			a := sender.send(t.Context(), hook(receiver.URL), message{id: "evt", body: []byte("{}")})
			if want := fmt.Sprintf("it answers %d %s to %s; redirects are not followed", status, http.StatusText(status), to); a.status != status || !strings.HasPrefix(a.failure, want) {
				t.Errorf("%d to %s: %d, %s", status, to, a.status, a.failure)
			}
			sender.Close()
			receiver.Close()
		}
	}
	if n := p.conns.Load(); n != 0 {
		t.Errorf("there were %d connections", n)
	}
}

// TestProxiesAreNotAsked, whatever the environment says: they would dial for us.
func TestProxiesAreNotAsked(t *testing.T) {
	p := newTrap(t)
	t.Setenv("HTTPS_PROXY", p.server.URL)
	t.Setenv("HTTP_PROXY", p.server.URL)
	names := &nameServer{answers: map[string][]string{"a.example": {"10.0.0.1"}}}
	sender := NewSender(SenderOptions{resolver: names.resolver(t)})
	defer sender.Close()
	a := sender.send(t.Context(), hook("https://a.example/"), message{id: "evt", body: []byte("{}")})
	if !strings.Contains(a.failure, "10.0.0.1 is not a public address") || p.conns.Load() != 0 {
		t.Errorf("%s; %d connections", a.failure, p.conns.Load())
	}
}
