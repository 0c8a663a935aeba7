package redisdb

import (
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url  string
		want target
	}{
		{"redis://localhost", target{addrs: []string{"localhost:6379"}}},
		{"REDIS://10.0.0.1:7000/3", target{addrs: []string{"10.0.0.1:7000"}, db: 3}},
		{"redis://h?db=4", target{addrs: []string{"h:6379"}, db: 4}},
		{"redis://[::1]:7000/", target{addrs: []string{"[::1]:7000"}}},
		{"redis://[::1]", target{addrs: []string{"[::1]:6379"}}},
		{"redis://:p%40ss%2Fw+@h", target{addrs: []string{"h:6379"}, password: "p@ss/w+"}},
		{"redis://us%3Aer:pa:ss@h", target{addrs: []string{"h:6379"}, user: "us:er", password: "pa:ss"}},
		{"redis://u:p@h1:1,h2,h3:3", target{cluster: true, addrs: []string{"h1:1", "h2:6379", "h3:3"}, user: "u", password: "p"}},
		{"redis://h1:1?addr=h2:2&addr=h3", target{cluster: true, addrs: []string{"h1:1", "h2:2", "h3:6379"}}},
		{"redis://h1:1,h1:1", target{addrs: []string{"h1:1"}}},
		{"redis://h1:1?cluster=true", target{cluster: true, addrs: []string{"h1:1"}}},
		{"redis://h1:1?cluster=false", target{addrs: []string{"h1:1"}}},
		{"unix:///run/redis%20x.sock?db=2", target{unix: "/run/redis x.sock", db: 2}},
		{"unix://u:p@/run/redis.sock", target{unix: "/run/redis.sock", user: "u", password: "p"}},
		{"redis+sentinel://h1,h2:1/main", target{addrs: []string{"h1:26379", "h2:1"}, master: "main"}},
		{"redis+sentinel://u:p@h1/main/5?sentinel_user=s&sentinel_password=%26",
			target{addrs: []string{"h1:26379"}, master: "main", db: 5, user: "u", password: "p", sentinelUser: "s", sentinelPassword: "&"}},
	} {
		got, err := parse(c.url)
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.url, *got, c.want)
		}
	}
}

// secret stands for every part of a password in the URLs below; no error and no
// redacted URL may hold it.
const secret = "hunter2"

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, says string }{
		{"", "begins with redis://"},
		{"localhost:6379", "begins with redis://"},
		{"http://:hunter2@h", "begins with redis://"},
		{"redis://:hunter2/x@h", "percent-encode"},
		{"redis://:x?hunter2@h", "percent-encode"},
		{"redis://:x#hunter2@h", "percent-encode"},
		{"redis://:x@hunter2@h", "percent-encode"},
		{"redis://:hunter2%zz@h", "percent-encode"},
		{"redis://hunter2@h", "user without a password"},
		{"redis://user:hunter2", "missing after the password"},
		{"redis://h:0", "port"},
		{"redis://h:65536", "port"},
		{"redis://", "host:port"},
		{"redis://h1,,h2", "host:port"},
		{"redis://::1", "host:port"},
		{"redis://h/hunter2", "database"},
		{"redis://h/-1", "database"},
		{"redis://h/1?db=2", "twice"},
		{"redis://h1,h2/1", "only database 0"},
		{"redis://h1,h2?cluster=false", "cluster=false"},
		{"redis://h?cluster=hunter2", "true or false"},
		{"redis://h?cluster=true&cluster=true", "cluster twice"},
		{"redis://h?password=hunter2", "unknown parameter"},
		{"redis://h?hunter2=1", "unknown parameter"},
		{"redis://h?db=%hunter2", "percent-encode"},
		{"redis://h?ca=/x", "needs TLS"},
		{"rediss://h?skip_verify=true", "always verified"},
		{"rediss://h?ca=/nowhere/ca.pem", "/nowhere/ca.pem"},
		{"rediss://h?cert=/x", "both cert and key"},
		{"rediss://h?cert=/nowhere/c&key=/nowhere/k", "/nowhere/c"},
		{"redis+sentinel://h1,h2", "name of the master"},
		{"redis+sentinel://h1/main/hunter2", "database"},
		{"redis+sentinel://h1/main?cluster=true", "unknown parameter"},
		{"unix://h/run/redis.sock", "absolute path"},
		{"unix://", "absolute path"},
	} {
		_, err := parse(c.url)
		if err == nil {
			t.Errorf("%s: accepted", c.url)
			continue
		}
		if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %q, want it to say %q and no secret", c.url, err, c.says)
		}
		if redacted := Redacted(c.url); strings.Contains(redacted, secret) && strings.Contains(c.url, "@") {
			t.Errorf("%s: redacted to %s", c.url, redacted)
		}
	}
}

func TestRedacted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, want string }{
		{"redis://user:hunter2@h:1,h2:2/3", "redis://***@h:1,h2:2/3"},
		{"redis://h:1?addr=h2:2&cluster=true", "redis://h:1?addr=h2:2&cluster=true"},
		{"rediss+sentinel://:hunter2@h/main/1?sentinel_password=hunter2&ca=/x.pem", "rediss+sentinel://***@h/main/1?sentinel_password=***&ca=/x.pem"},
		{"redis://h?password=hunter2&hunter2", "redis://h?***&***"},
		{"redis://:hunt/hunter2@h:1", "redis://***@***"},
		{"redis://:x?db=hunter2#", "redis://***"},
		{"unix://:hunter2@/run/x.sock", "unix://***@/run/x.sock"},
		{"hunter2", "***"},
		{"hunter2://x", "***"},
	} {
		if got := Redacted(c.url); got != c.want {
			t.Errorf("%s: %s, want %s", c.url, got, c.want)
		}
	}
}

// FuzzRedacted: a password shows in no redacted URL and in no error, whatever
// stands around it.
func FuzzRedacted(f *testing.F) {
	for _, seed := range []string{"", "/", "?", "#x", "@", "%", ":", ",", "?db=", "/0?addr="} {
		f.Add("redis", seed, seed, "h:1/0?cluster=true")
	}
	f.Fuzz(func(t *testing.T, scheme, before, after, rest string) {
		url := scheme + "://:" + before + secret + after + "@" + rest
		if strings.Contains(scheme+rest+before+after, "hunter") || strings.Contains(rest, "@") {
			return
		}
		if got := Redacted(url); strings.Contains(got, secret) {
			t.Errorf("%q was redacted to %q", url, got)
		}
		if _, err := parse(url); err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", url, err)
		}
	})
}
