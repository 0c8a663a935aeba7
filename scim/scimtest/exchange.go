package scimtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const (
	mediaType = "application/scim+json"
	// maxAnswer is how much of an answer is read, in bytes.
	maxAnswer = 32 << 20
	// headerPrefix marks a saved value that comes from a header.
	headerPrefix = "header:"
)

// exchange is one request and its answer.
type exchange struct {
	method, url, body string

	status  int
	header  http.Header
	answer  []byte
	value   any   // the answer decoded, nil without one
	invalid error // why the answer is not JSON
}

func (x exchange) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  request: %s %s", x.method, x.url)
	if x.body != "" {
		fmt.Fprintf(&b, "\n    %s", clip(x.body))
	}
	if x.status == 0 {
		return b.String()
	}
	fmt.Fprintf(&b, "\n  answer: %d %s", x.status, x.header.Get("Content-Type"))
	if len(x.answer) > 0 {
		fmt.Fprintf(&b, "\n    %s", clip(string(x.answer)))
	}
	return b.String()
}

func clip(text string) string {
	const limit = 2000
	if len(text) > limit {
		return text[:limit] + "…"
	}
	return text
}

func (p *player) send(ctx context.Context, step *Step) (exchange, error) {
	x := exchange{method: step.Method, url: step.Path}
	request, err := p.request(ctx, step, &x)
	if err != nil {
		return x, fmt.Errorf("build request: %w", err)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return x, fmt.Errorf("send request: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	x.answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return x, fmt.Errorf("read answer: %w", err)
	}
	if len(x.answer) > maxAnswer {
		return x, errors.New("the answer is too long")
	}
	x.status, x.header = response.StatusCode, response.Header
	if len(x.answer) > 0 {
		x.value, x.invalid = decode(x.answer)
	}
	return x, nil
}

func (p *player) request(ctx context.Context, step *Step, x *exchange) (*http.Request, error) {
	address, err := p.address(step.Path)
	if err != nil {
		return nil, err
	}
	x.url = address
	if x.body, err = p.body(step); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, step.Method, address, strings.NewReader(x.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+p.target.Token)
	request.Header.Set("Accept", mediaType)
	if x.body != "" {
		request.Header.Set("Content-Type", mediaType)
	}
	for _, headers := range []map[string]string{p.headers, step.Headers} {
		if err := p.setHeaders(request.Header, headers); err != nil {
			return nil, err
		}
	}
	return request, nil
}

// address returns the absolute URL of a step. A step that follows a saved URL
// must stay below the base URL.
func (p *player) address(path string) (string, error) {
	if !strings.HasPrefix(path, "${") {
		expanded, err := p.vars.expand(path, inURL)
		return p.target.BaseURL + expanded, err
	}
	address, err := p.vars.expand(path, plain)
	if err == nil && !strings.HasPrefix(address, p.target.BaseURL+"/") {
		err = fmt.Errorf("%s is not below %s", address, p.target.BaseURL)
	}
	return address, err
}

func (p *player) body(step *Step) (string, error) {
	if step.Raw != nil {
		return p.vars.expand(*step.Raw, plain)
	}
	return p.vars.expand(string(step.Body), inJSON)
}

// setHeaders sets or, with the value "$absent", takes away headers.
func (p *player) setHeaders(to http.Header, headers map[string]string) error {
	for name, value := range headers {
		expanded, err := p.vars.expand(value, plain)
		if err != nil {
			return fmt.Errorf("header %s: %w", name, err)
		}
		if expanded == markAbsent {
			to.Del(name)
			continue
		}
		to.Set(name, expanded)
	}
	return nil
}
