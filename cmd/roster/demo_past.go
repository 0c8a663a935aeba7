package main

import (
	"math/rand/v2"
	"time"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/health"
	"github.com/roster-scim/roster/tenants/requestlog"
	"github.com/roster-scim/roster/tenants/webhooks"
)

// demoDays is how far back the past of the demo goes, which is made up.
const demoDays = 14

// demoPast makes a company's past up. The same seed has the same past.
type demoPast struct {
	random  *rand.Rand
	from    time.Time // a whole hour
	hours   int       // up to the present one, which makes itself
	trouble bool      // much is refused, lately
}

func newDemoPast(seed uint64, now time.Time, trouble bool) *demoPast {
	return &demoPast{
		random: rand.New(rand.NewPCG(seed, demoDays)), //nolint:gosec // G404: a company that is made up
		from:   now.UTC().Truncate(time.Hour).AddDate(0, 0, -demoDays), hours: demoDays * 24, trouble: trouble,
	}
}

// at is an hour and how busy it is: 1 in the middle of a working day, little at
// night and at weekends.
func (p *demoPast) at(hour int) (time.Time, float64) {
	at := p.from.Add(time.Duration(hour) * time.Hour)
	busy := .12
	if h := at.Hour(); h >= 7 && h < 18 {
		busy = 1 - .1*float64(max(h-12, 12-h))
	}
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday {
		busy /= 6
	}
	return at, busy
}

// some is about so many, at random.
func (p *demoPast) some(n float64) int64 {
	return int64(n*(.6+.8*p.random.Float64()) + p.random.Float64())
}

// lately says that an hour is in the last quarter.
func (p *demoPast) lately(hour int) bool { return hour > p.hours*3/4 }

func (p *demoPast) requests() []requestlog.Hour {
	list := make([]requestlog.Hour, 0, p.hours)
	for i := range p.hours {
		at, busy := p.at(i)
		h := requestlog.Hour{Start: at, Requests: p.some(20 + 140*busy)}
		h.Changes = p.some(float64(h.Requests) * .15 * busy)
		if h.Refused = p.some(float64(h.Requests) * .004); p.trouble && p.lately(i) {
			h.Refused = p.some(float64(h.Requests) * .12)
		}
		if p.random.IntN(90) == 0 {
			h.Failed = p.some(3)
		}
		each := 2500 + 1500*p.random.Float64() + 2000*busy // microseconds
		h.Duration = time.Duration(each*float64(h.Requests)) * time.Microsecond
		list = append(list, h)
	}
	return list
}

// sizes grow up to what the directory is now.
func (p *demoPast) sizes(now tenants.DirectoryCount) []health.Size {
	var list []health.Size
	people, groups := float64(now.People)*.7, float64(now.Groups)*.6
	step, inactive := (float64(now.People)-people)/float64(p.hours), 0
	for i := range p.hours {
		at, busy := p.at(i)
		people += step
		groups += (float64(now.Groups) - groups) / float64(p.hours-i)
		switch {
		case busy > .5 && p.random.IntN(20) == 0:
			inactive++ // somebody leaves
		case inactive > 0 && p.random.IntN(60) == 0:
			inactive-- // and is deleted
		}
		s := health.Size{At: at, People: int64(people), Groups: int64(groups)}
		s.Active = max(s.People-int64(min(inactive, now.People/10)), 0)
		if n := len(list); n > 0 && list[n-1].People == s.People && list[n-1].Active == s.Active && list[n-1].Groups == s.Groups {
			continue
		}
		list = append(list, s)
	}
	return list
}

// deliveries have a bad evening: for three hours the receiver was down.
func (p *demoPast) deliveries() []webhooks.Hour {
	const down = 3
	bad := p.hours - 5*24 + 19 - p.from.Hour()
	list := make([]webhooks.Hour, 0, p.hours)
	for i := range p.hours {
		at, busy := p.at(i)
		h := webhooks.Hour{Start: at, Delivered: p.some(3 + 60*busy)}
		each, most := (150+250*p.random.Float64())*float64(time.Millisecond), (1+3*p.random.Float64())*float64(time.Second)
		switch {
		case i >= bad && i < bad+down:
			h.Delivered, h.Failed = 0, p.some(9)
		case i == bad+down:
			h.Delivered, h.Failed = p.some(120), 1
			each, most = float64(down*time.Hour)/2, float64(down*time.Hour)
		case p.random.IntN(30) == 0:
			h.Failed = p.some(2)
		}
		if h.Delivered > 0 {
			h.Measured, h.Lag, h.LagMax = h.Delivered, time.Duration(each)*time.Duration(h.Delivered), time.Duration(most)
		}
		if h.Delivered+h.Failed > 0 {
			list = append(list, h)
		}
	}
	return list
}
