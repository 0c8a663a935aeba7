package health

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/roster-scim/roster/tenants/requestlog"
)

const (
	silence      = 5 * time.Minute // ends a sync cycle
	longestCycle = 24 * time.Hour  // of a client that is never silent
)

// cycle is the one under way, or the last one: requests without a silence in
// between.
type cycle struct {
	ID       string  `json:"id"` // UUID of its first request
	Start    stamp   `json:"start"`
	End      stamp   `json:"end"` // the last request so far
	Requests int64   `json:"requests"`
	Refused  int64   `json:"refused,omitempty"`
	Failed   int64   `json:"failed,omitempty"`
	Summary  Summary `json:"summary"`
}

// Summary is what happened in a cycle, by meaning.
type Summary struct {
	People    Counts       `json:"people,omitzero"`
	Groups    Counts       `json:"groups,omitzero"`
	Resources Counts       `json:"resources,omitzero"` // of the tenant's own types
	Members   []GroupCount `json:"members,omitempty"`  // of groups, the first ones by name
	More      GroupCount   `json:"more,omitzero"`      // of all other groups together
	Reads     int64        `json:"reads,omitempty"`
	Tests     int64        `json:"tests,omitempty"` // of address and token
	Other     int64        `json:"other,omitempty"` // refused or failed, and about nothing of the above
}

// Counts are the changes of one kind of thing.
type Counts struct {
	Created     int64    `json:"created,omitempty"`
	Adopted     int64    `json:"adopted,omitempty"`
	Updated     int64    `json:"updated,omitempty"`
	Deactivated int64    `json:"deactivated,omitempty"`
	Reactivated int64    `json:"reactivated,omitempty"`
	Deleted     int64    `json:"deleted,omitempty"`
	Refused     int64    `json:"refused,omitempty"`
	Names       []string `json:"names,omitempty"` // of the first that changed
}

// GroupCount are the changes of a group's members.
type GroupCount struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name,omitempty"`
	Added   int64  `json:"added,omitempty"`
	Removed int64  `json:"removed,omitempty"`
	Waiting int64  `json:"waiting,omitempty"` // named before they were provisioned
	Refused int64  `json:"refused,omitempty"`
}

func (c *Counts) changes() int64 {
	return c.Created + c.Adopted + c.Updated + c.Deactivated + c.Reactivated + c.Deleted
}

func (g *GroupCount) changes() int64 { return g.Added + g.Removed + g.Waiting }

// sync takes a request into its cycle, or begins one with it.
func (f *fold) sync(l *requestlog.Line, at stamp) {
	c := f.Cycle
	if c == nil || at-c.End > stamp(silence.Microseconds()) || at-c.Start > stamp(longestCycle.Microseconds()) {
		f.err = f.keepCycle()
		if c != nil {
			f.Gaps = lastOf(append(f.Gaps, int64(at-c.Start)/int64(time.Second/time.Microsecond)), maxGaps)
		}
		f.forgetNames(at)
		c = &cycle{ID: l.ID.UUID(), Start: at}
		f.Cycle = c
	}
	if c.Start-at < stamp(silence.Microseconds()) { // what comes much too late does not make it longer
		c.Start = earlier(c.Start, at)
	}
	c.End = later(c.End, at)
	c.add(l)
	if l.Changed() && f.FirstWrite == "" {
		f.FirstWrite = c.ID
	}
	if err := l.CycleID.Scan(c.ID); err != nil && f.err == nil {
		f.err = fmt.Errorf("id of a cycle: %w", err)
	}
}

// keepCycle puts the cycle under way among those that are stored.
func (f *fold) keepCycle() error {
	c := f.Cycle
	if f.err != nil || c == nil {
		return f.err
	}
	kept, err := c.stored()
	f.cycles[c.ID] = kept
	return err
}

func (c *cycle) stored() (requestlog.Cycle, error) {
	kept := requestlog.Cycle{
		StartedAt: c.Start.time(), EndedAt: c.End.time(), Requests: c.Requests, Refused: c.Refused, Failed: c.Failed,
	}
	if err := kept.ID.Scan(c.ID); err != nil {
		return kept, fmt.Errorf("id of a cycle: %w", err)
	}
	summary, err := json.Marshal(&c.Summary)
	if err != nil {
		return kept, fmt.Errorf("encode a cycle: %w", err)
	}
	kept.Summary = summary
	return kept, nil
}

// add counts a request by what it meant.
func (c *cycle) add(l *requestlog.Line) {
	n := l.Requests()
	c.Requests += n
	switch l.Outcome {
	case requestlog.Refused:
		c.Refused += n
	case requestlog.Failed:
		c.Failed += n
	}
	for i := range l.Detail.Effects {
		c.Summary.effect(&l.Detail.Effects[i])
	}
	switch {
	case !accepted(l):
		c.Summary.refuse(l, n)
	case l.Kind == requestlog.KindCredentialsCheck:
		c.Summary.Tests += n
	case isRead(l.Kind), isLookup(l.Kind), isList(l.Kind):
		c.Summary.Reads += n
	}
}

func isList(k requestlog.Kind) bool {
	switch k {
	case requestlog.KindUserList, requestlog.KindGroupList, requestlog.KindResourceList, requestlog.KindSearch:
		return true
	}
	return false
}

func (s *Summary) effect(e *requestlog.Effect) {
	counts := s.countsOf(e.ResourceType)
	before := counts.changes()
	switch e.Action {
	case requestlog.EffectCreated:
		counts.Created++
	case requestlog.EffectAdopted:
		counts.Adopted++
	case requestlog.EffectDeactivated:
		counts.Deactivated++
	case requestlog.EffectReactivated:
		counts.Reactivated++
	case requestlog.EffectDeleted:
		counts.Deleted++
	case requestlog.EffectUpdated:
		if e.ResourceType != typeGroup || len(e.Attributes) > 0 { // otherwise its members alone
			counts.Updated++
		}
	}
	if e.Name != "" && counts.changes() > before && len(counts.Names) < maxExamples {
		counts.Names = append(counts.Names, clip(e.Name, maxName))
	}
	if e.Added+e.Removed+e.Pending > 0 {
		g := s.group(e.ID, e.Name)
		g.Added += int64(e.Added)
		g.Removed += int64(e.Removed)
		g.Waiting += int64(e.Pending)
	}
}

// The resource types that people know.
const (
	typeUser  = "User"
	typeGroup = "Group"
)

func (s *Summary) countsOf(resourceType string) *Counts {
	switch resourceType {
	case typeUser:
		return &s.People
	case typeGroup:
		return &s.Groups
	}
	return &s.Resources
}

// group is the count of a group, or that of all others if too many were named.
func (s *Summary) group(id, name string) *GroupCount {
	id = clip(id, maxID)
	for i := range s.Members {
		if s.Members[i].ID == id {
			if name != "" {
				s.Members[i].Name = clip(name, maxName)
			}
			return &s.Members[i]
		}
	}
	if len(s.Members) == maxGroups {
		return &s.More
	}
	s.Members = append(s.Members, GroupCount{ID: id, Name: clip(name, maxName)})
	return &s.Members[len(s.Members)-1]
}

// nameOf is what a group is called whose members changed before, "" if that is not
// known.
func (s *Summary) nameOf(id string) string {
	for i := range s.Members {
		if s.Members[i].ID == clip(id, maxID) {
			return s.Members[i].Name
		}
	}
	return ""
}

// refuse counts what was asked for and not done.
func (s *Summary) refuse(l *requestlog.Line, n int64) {
	members := l.Detail.Members
	switch {
	case l.Kind == requestlog.KindGroupMembers && members != nil && l.ResourceID != "":
		s.group(l.ResourceID, l.Subject).Refused += n * int64(max(1, members.Add+max(0, members.Remove)))
	case l.Kind == requestlog.KindCredentialsCheck, l.Kind == requestlog.KindDiscovery, l.Kind == requestlog.KindOther,
		l.Kind == requestlog.KindBulk, l.Kind == requestlog.KindSearch:
		s.Other += n
	case l.ResourceType == "":
		s.Other += n
	default:
		s.countsOf(l.ResourceType).Refused += n
	}
}

func readSummary(encoded []byte) (*Summary, error) {
	s := &Summary{}
	if err := json.Unmarshal(encoded, s); err != nil {
		return nil, fmt.Errorf("read what happened: %w", err)
	}
	return s, nil
}

// valid says that a cycle can be stored; none can.
func (c *cycle) valid() bool {
	if c == nil {
		return true
	}
	_, err := c.stored()
	return err == nil
}
