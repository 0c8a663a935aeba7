package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Client reads Roster's API.
type Client struct {
	URL string // of the server: "https://roster.example.com"
	Key string // an API key; consumers need one that may events:read and directory:unmasked
	// HTTP sends the requests. It must not limit the whole time of a request to
	// less than long polling and snapshots need. nil: http.DefaultClient.
	HTTP *http.Client
}

const (
	// answerTime is what the server has to answer, besides the time that it is
	// asked to wait.
	answerTime = 30 * time.Second
	// answerBytes bounds an answer that is read as a whole.
	answerBytes = 64 << 20
)

// get reads a whole JSON answer within the time.
func (c *Client) get(ctx context.Context, path string, query url.Values, within time.Duration, into any) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	request, err := c.request(ctx, http.MethodGet, path, query, http.NoBody)
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

func (c *Client) check() error {
	if c == nil {
		return errors.New("roster: there is no Client")
	}
	switch u, err := url.Parse(c.URL); {
	case err != nil:
		return fmt.Errorf("roster: the server's address: %w", err)
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return fmt.Errorf("roster: %q is no address of a server, such as https://roster.example.com", c.URL)
	case c.Key == "":
		return errors.New("roster: there is no API key; an administrator makes one with: roster apikey create --name NAME")
	}
	return nil
}
