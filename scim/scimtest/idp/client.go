package idp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// client sends one provider's requests and judges the answers.
type client struct {
	base          string // without a trailing slash
	authorization string
	headers       func(*http.Request) // the dialect's
	http          *http.Client
	retry         Retry
	log           *recorder
	held          pause
}

// call is one request as a provider means it.
type call struct {
	step   string
	method string
	path   string // below the base URL, with its query, encoded
	body   any    // nil: none
	want   []int  // the statuses that are right
	exists bool   // a 409 is right too: somebody else is creating the same
	check  func(*answer) error
}

// Errors that do. It has recorded them; the run goes on after a refused or wrong
// answer, and ends after unauthorized.
var (
	errRefused      = errors.New("refused")
	errUnauthorized = errors.New("the server refused the token (401)")
)

// passing makes a recorded refusal no reason to stop.
func passing(err error) error {
	if errors.Is(err, errRefused) {
		return nil
	}
	return err
}

// do sends a request until it is answered. The error is errRefused,
// errUnauthorized or that of ctx.
func (c *client) do(ctx context.Context, r call) (*answer, error) {
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return nil, fmt.Errorf("encode %s %s: %w", r.method, r.path, err)
		}
	}
	c.log.sent(r.step)
	failed, throttles := 0, 0
	for {
		if err := c.held.wait(ctx, time.Now); err != nil {
			return nil, err
		}
		a, err := c.try(ctx, r, body)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch {
		case err == nil && a.status == http.StatusTooManyRequests && throttles < c.retry.Throttles:
			throttles++
			c.throttle(r, a, throttles)
		case (err != nil || a.status >= http.StatusInternalServerError) && failed+1 < c.retry.Tries:
			failed++
			c.log.retried(r.step)
			if err := c.backOff(ctx, a, failed); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, c.refused(r, 0, "", err.Error())
		default:
			return c.judge(r, a, failed > 0)
		}
	}
}

// try sends a request once.
func (c *client) try(ctx context.Context, r call, body []byte) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.retry.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("build the request: %w", err)
	}
	if c.authorization != "" {
		request.Header.Set("Authorization", c.authorization)
	}
	c.headers(request)
	begun := time.Now()
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // it was read, or its error is what counts
	a, err := readAnswer(response)
	c.log.took(r.step, time.Since(begun))
	return a, err
}

// throttle makes all workers wait for as long as the server asks.
func (c *client) throttle(r call, a *answer, times int) {
	c.log.throttled(r.step)
	wait, said := c.retry.retryAfter(a.header, time.Now())
	if !said {
		wait = c.retry.backoff(times)
	}
	c.held.extend(time.Now().Add(wait))
}

func (c *client) backOff(ctx context.Context, a *answer, failed int) error {
	wait := c.retry.backoff(failed)
	if a != nil {
		if asked, said := c.retry.retryAfter(a.header, time.Now()); said {
			wait = asked
		}
	}
	return sleep(ctx, wait)
}

// judge decides whether an answer is right.
func (c *client) judge(r call, a *answer, retried bool) (*answer, error) {
	switch {
	case slices.Contains(r.want, a.status):
		return c.examine(r, a)
	case a.status == http.StatusConflict && r.method == http.MethodPost && (r.exists || retried):
		// The first try may have been carried out although its answer got lost.
		if err := a.checkError(); err != nil {
			return nil, c.wrong(r, a.status, err)
		}
		c.log.accepted(r.step)
		return a, nil
	case a.status == http.StatusNotFound && r.method == http.MethodDelete && retried:
		c.log.accepted(r.step)
		return a, nil
	}
	scimType, detail := a.refusal(r.want)
	err := c.refused(r, a.status, scimType, detail)
	if a.status == http.StatusUnauthorized {
		err = errUnauthorized
	}
	return a, err
}

func (c *client) examine(r call, a *answer) (*answer, error) {
	err := a.fault
	if err == nil && a.status == http.StatusNoContent && a.body != nil {
		err = errors.New("204 with a body")
	}
	if err == nil && a.status >= http.StatusBadRequest {
		err = a.checkError()
	}
	if err == nil && r.check != nil {
		err = r.check(a)
	}
	if err != nil {
		return nil, c.wrong(r, a.status, err)
	}
	c.log.accepted(r.step)
	return a, nil
}

func (c *client) refused(r call, status int, scimType, detail string) error {
	c.log.problem(Problem{Step: r.step, Request: r.target(), Status: status, SCIMType: scimType, Detail: clip(detail), Refused: true})
	return errRefused
}

func (c *client) wrong(r call, status int, err error) error {
	c.log.problem(Problem{Step: r.step, Request: r.target(), Status: status, Detail: clip(err.Error())})
	return errRefused
}

// contradict takes an acceptance back: the answer looked right by itself, but not
// beside other answers.
func (c *client) contradict(step, method, path string, status int, err error) error {
	c.log.count(step, func(t *tally) { t.Accepted-- })
	return c.wrong(call{step: step, method: method, path: path}, status, err)
}

func (r call) target() string { return clip(r.method + " " + r.path) }

// clip bounds what a server or a long filter can put into a report.
func clip(s string) string {
	const most = 400
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
