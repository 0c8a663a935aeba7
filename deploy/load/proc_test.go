package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// process puts a process into a table of processes.
func (p procfs) process(t *testing.T, pid int, name string, own, buried int, children string) {
	t.Helper()
	dir := filepath.Join(string(p), strconv.Itoa(pid))
	write := func(path, text string) {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("stat", strconv.Itoa(pid)+" ("+name+") S 1 1 1 0 -1 0 1 2 3 4 "+strconv.Itoa(own)+" 0 "+strconv.Itoa(buried)+" 0 20 0 1 0 5 6\n")
	write("task/"+strconv.Itoa(pid)+"/children", children)
	write("status", "Name:\t"+name+"\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n")
}

func TestTimesAreOfAProcessAndItsChildren(t *testing.T) {
	t.Parallel()
	p := procfs(t.TempDir())
	p.process(t, 10, "postgres", 100, 50, "11 12 13 ")
	p.process(t, 11, "postgres: writer (a) b) 1 2 3", 7, 0, "")
	p.process(t, 12, "postgres: someone", 3, 0, "")
	p.process(t, 20, "another", 1000, 0, "")
	for _, c := range []struct {
		roots []int
		want  time.Duration
	}{
		{[]int{10}, 1600 * time.Millisecond}, // 13 has ended meanwhile
		{[]int{11, 12}, 100 * time.Millisecond},
		{[]int{99}, 0},
		{nil, 0},
	} {
		if got := p.times(c.roots); got != c.want {
			t.Errorf("%v: %s, want %s", c.roots, got, c.want)
		}
	}
}

func TestStatThatIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "1 (x", "1 (x) S 1", "1 (x) S 1 1 1 0 -1 0 1 2 3 4 a b c d 0"} {
		if _, err := parseStat([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestResident(t *testing.T) {
	t.Parallel()
	p := procfs(t.TempDir())
	p.process(t, 10, "roster", 0, 0, "")
	now, most, err := p.resident(10)
	if err != nil || now != 1<<20 || most != 2<<20 {
		t.Errorf("%d and at most %d, %v", now, most, err)
	}
	if _, _, err := p.resident(11); err == nil {
		t.Error("a process that is not there has memory")
	}
}

func TestTimeBetweenLooks(t *testing.T) {
	t.Parallel()
	start := time.Now()
	after := func(d time.Duration) time.Time { return start.Add(d) }
	w := &watch{trees: map[part][]int{partServer: {1}}}
	for i, cpu := range []time.Duration{0, 100, 300} {
		w.samples = append(w.samples, sample{after(time.Duration(i) * time.Second), map[part]time.Duration{partServer: cpu}})
	}
	for _, c := range []struct{ from, to, want time.Duration }{
		{0, 2 * time.Second, 300},
		{500 * time.Millisecond, 1500 * time.Millisecond, 150},
		{-time.Hour, time.Second, 100},
		{time.Second, time.Hour, 200},
		{time.Second, time.Second, 0},
	} {
		if got := w.between(after(c.from), after(c.to))[partServer]; got != c.want {
			t.Errorf("from %s to %s: %d, want %d", c.from, c.to, got, c.want)
		}
	}
	if got := at(nil, partServer, start); got != 0 {
		t.Errorf("nobody looked: %d", got)
	}
}
