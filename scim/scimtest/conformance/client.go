package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	mediaType = "application/scim+json"
	// maxAnswer is how much of an answer is read, in bytes.
	maxAnswer = 32 << 20
	// throttles is how often one request is repeated because the server said so.
	throttles = 10
	// longestWait bounds what Retry-After may ask for.
	longestWait = time.Minute
	// mostLost is how many requests in a row may stay without an answer.
	mostLost = 5
)

// call is one request.
type call struct {
	method    string
	path      string // below the base URL, with its query
	body      any    // a string is sent as it is, anything else as JSON; nil: none
	headers   []string
	anonymous bool // without the token
}

// reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send carries out a request. A server that asks for patience (429, and 503 with
// Retry-After) gets it, within bounds.
func (s *session) send(ctx context.Context, c call) (reply, error) {
	body, err := encode(c.body)
	if err != nil {
		return reply{}, err
	}
	for tries := 1; ; tries++ {
		r, err := s.once(ctx, c, body)
		if err != nil {
			return r, s.lose(ctx, err)
		}
		s.lost = 0
		wait, again := patience(r)
		if !again || tries > throttles {
			s.track(c, body, r)
			return r, nil
		}
		if err := pause(ctx, wait); err != nil {
			return r, fmt.Errorf("wait as Retry-After demands: %w", err)
		}
	}
}

// lose counts the requests in a row that got no answer. After some of them the
// run ends rather than wait for each of the rest.
func (s *session) lose(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	if s.lost++; s.lost >= mostLost {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return err
}

func (s *session) once(ctx context.Context, c call, body string) (reply, error) {
	s.requests++
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, c.method, s.target.BaseURL+c.path, strings.NewReader(body))
	if err != nil {
		return reply{}, fmt.Errorf("build request: %w", err)
	}
	request.Header.Set("Accept", mediaType)
	request.Header.Set("User-Agent", "roster-conformance")
	if body != "" {
		request.Header.Set("Content-Type", mediaType)
	}
	if s.target.Token != "" && !c.anonymous {
		request.Header.Set("Authorization", "Bearer "+s.target.Token)
	}
	for i := 0; i+1 < len(c.headers); i += 2 {
		request.Header.Set(c.headers[i], c.headers[i+1])
	}
	response, err := s.http.Do(request)
	if err != nil {
		return reply{}, fmt.Errorf("send request: %w", err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return reply{}, fmt.Errorf("read answer: %w", err)
	case len(data) > maxAnswer:
		return reply{}, errors.New("the answer is too long")
	}
	return reply{status: response.StatusCode, header: response.Header, body: data}, nil
}

// patience reads Retry-After (RFC 9110 section 10.2.3): seconds or a date.
func patience(r reply) (time.Duration, bool) {
	after := r.header.Get("Retry-After")
	if r.status != http.StatusTooManyRequests && (r.status != http.StatusServiceUnavailable || after == "") {
		return 0, false
	}
	wait := time.Second
	if seconds, err := strconv.Atoi(after); err == nil && seconds >= 0 {
		wait = time.Duration(min(seconds, 3600)) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		wait = max(time.Until(at), 0)
	}
	return min(wait, longestWait), true
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
