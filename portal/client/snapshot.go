package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Snapshot is everything in a tenant's directory at one moment, read line by
// line as it arrives: it may be larger than memory.
type Snapshot struct {
	Tenant   string
	Sequence int64 // of the last event that it shows
	// Cursor is the place to go on from. With a FeedConsumer it is "": there the
	// place is known after the last tenant's snapshot.
	Cursor string

	lines  *bufio.Reader
	close  func()
	ended  bool
	failed error
	users  int
	groups int
}

// Line is a line of a snapshot.
type Line struct {
	Type LineType `json:"type"`
	// Data is the document of a user, a group or another resource, or what access
	// somebody has, as in the event user.access_changed.
	Data json.RawMessage `json:"data"`
	// ResourceType is what a LineResource is: a type of the tenant's own.
	ResourceType string `json:"resource_type"`
	// ConnectionID is the connection that provisions a resource, "" if none does.
	ConnectionID string `json:"connection_id"`
	// GroupID and Members are some of a group's members; a group with many has
	// several such lines.
	GroupID string   `json:"group_id"`
	Members []Member `json:"members"`
}

// LineType says what a line of a snapshot has.
type LineType string

// The lines of a snapshot. There may be others one day: ignore them.
const (
	LineUser     LineType = "user"
	LineGroup    LineType = "group"
	LineMembers  LineType = "members"
	LineResource LineType = "resource"
	LineAccess   LineType = "access"

	lineBegin LineType = "begin"
	lineEnd   LineType = "end"
)

const (
	// lineBytes bounds a line: the largest document with room to spare.
	lineBytes = 16 << 20
	// silence is how long a snapshot may send nothing.
	silence = time.Minute
)

// snapshot opens a snapshot and reads its beginning. hand must be called with it.
func (c *Client) snapshot(ctx context.Context, tenant string) (*Snapshot, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	quiet := time.AfterFunc(silence, func() { cancel(fmt.Errorf("nothing arrived for %v", silence)) })
	stop := func() { quiet.Stop(); cancel(nil) }
	request, err := c.request(ctx, http.MethodGet, "/api/v1/tenants/"+url.PathEscape(tenant)+"/snapshot", nil, http.NoBody)
	if err != nil {
		stop()
		return nil, err
	}
	response, err := c.do(request) //nolint:bodyclose // close closes it
	if err != nil {
		stop()
		return nil, err
	}
	s := &Snapshot{Tenant: tenant, close: func() { stop(); response.Body.Close() }}
	s.lines = bufio.NewReader(watched{response.Body, quiet})
	first, err := s.read()
	if err == nil && first.Type != lineBegin {
		err = errors.New("it does not begin at its beginning")
	}
	if err != nil {
		s.close()
		return nil, s.cut(err)
	}
	s.Sequence = first.Sequence
	return s, nil
}

// watched puts off the alarm with each read.
type watched struct {
	io.Reader
	alarm *time.Timer
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.alarm.Reset(silence)
	return n, err
}

// Lines are the lines of the snapshot, to be read once. If one has an error, the
// snapshot was cut off: undo what you have done with it and return the error,
// and the consumer takes another one.
func (s *Snapshot) Lines() iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for !s.ended && s.failed == nil {
			l, err := s.read()
			if err == nil {
				err = s.count(l)
			}
			if err != nil {
				s.failed = s.cut(err)
				yield(Line{}, s.failed)
				return
			}
			if !s.ended && !yield(l.Line, nil) {
				return
			}
		}
	}
}

// stored is a line with what only the first and the last one have.
type stored struct {
	Line
	Sequence      int64
	Users, Groups int
}

func (s *Snapshot) read() (stored, error) {
	var text []byte
	for {
		part, err := s.lines.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case len(text) > lineBytes:
			return stored{}, fmt.Errorf("a line has more than %d bytes", lineBytes)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return stored{}, io.ErrUnexpectedEOF
		case err != nil:
			return stored{}, err
		}
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		var l stored
		err = json.Unmarshal(text, &l)
		return l, err
	}
}

// count checks the end: whatever was lost on the way shows there.
func (s *Snapshot) count(l stored) error {
	switch l.Type {
	case LineUser:
		s.users++
	case LineGroup:
		s.groups++
	case lineEnd:
		if l.Users != s.users || l.Groups != s.groups || l.Sequence != s.Sequence {
			return fmt.Errorf("%d users and %d groups at %d arrived of %d and %d at %d", s.users, s.groups, s.Sequence, l.Users, l.Groups, l.Sequence)
		}
		s.ended = true
	}
	return nil
}

func (s *Snapshot) cut(err error) error {
	return Temporary(fmt.Errorf("roster: the snapshot of tenant %s was cut off: %w", s.Tenant, err))
}

// hand gives the snapshot to its handler and makes sure that it was read whole.
func (s *Snapshot) hand(ctx context.Context, to func(context.Context, *Snapshot) error) error {
	defer s.close()
	err := to(ctx, s)
	switch {
	case s.failed != nil: // whatever was made of it
		return s.failed
	case err != nil:
		return err
	case !s.ended:
		return fmt.Errorf("roster: the handler has not read the snapshot of tenant %s to its end", s.Tenant)
	}
	return nil
}
