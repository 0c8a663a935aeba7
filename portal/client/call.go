package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Call sends a request to any operation of the API and reads its answer. body is
// sent as JSON, nil for none; the answer is read into a variable, nil for none.
// Their types are in the subpackage api. Refusals are an [Error].
//
//	var tenant api.Tenant
//	err := roster.Call(ctx, "POST", "/api/v1/tenants", nil, api.NewTenant{Name: "Acme"}, &tenant)
func (c *Client) Call(ctx context.Context, method, path string, query url.Values, body, into any) error {
	if err := c.check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("roster: %s %s: %w", method, path, err)
		}
		content = bytes.NewReader(text)
	}
	request, err := c.request(ctx, method, path, query, content)
	if err != nil {
		return err
	}
	response, err := c.do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return decode(response, into)
}

// request is a request with its credential.
func (c *Client) request(ctx context.Context, method, path string, query url.Values, body io.Reader) (*http.Request, error) {
	target := strings.TrimRight(c.URL, "/") + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.Key)
	request.Header.Set("User-Agent", "roster-client-go/1")
	if body != http.NoBody {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

// do sends a request and returns an answer that is no refusal, whose body the
// caller closes.
func (c *Client) do(request *http.Request) (*http.Response, error) {
	through := c.HTTP
	if through == nil {
		through = http.DefaultClient
	}
	response, err := through.Do(request)
	if err != nil {
		return nil, Temporary(fmt.Errorf("roster: %w", err))
	}
	if response.StatusCode/100 != 2 {
		defer response.Body.Close()
		return nil, errorOf(response, time.Now())
	}
	return response, nil
}

// decode reads a whole JSON answer.
func decode(response *http.Response, into any) error {
	at := response.Request.Method + " " + response.Request.URL.Path
	body, err := io.ReadAll(io.LimitReader(response.Body, answerBytes+1))
	if err == nil && len(body) > answerBytes {
		return fmt.Errorf("roster: %s: the answer has more than %d bytes; ask for fewer things at a time", at, answerBytes)
	}
	if err == nil && into != nil && response.StatusCode != http.StatusNoContent {
		err = json.Unmarshal(body, into)
	}
	if err != nil { // cut off, or a proxy's page
		return Temporary(fmt.Errorf("roster: %s: read the answer: %w", at, err))
	}
	return nil
}
