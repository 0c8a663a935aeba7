package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// target is a directory that can be put under load: its base URLs, one for each
// replica, and a token.
type target struct {
	urls  []string
	token string
}

// admin makes tenants over the API.
type admin struct {
	url    string
	key    string
	client *http.Client
}

func newAdmin(url, key string) *admin {
	return &admin{url: url, key: key, client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: makers}}}
}

// makers is how many tenants are made at a time.
const makers = 8

// tenants makes tenants with one connection each.
func (a *admin) tenants(ctx context.Context, name string, n int) ([]target, error) {
	made := make([]target, n)
	errs := make([]error, makers)
	var all sync.WaitGroup
	for maker := range makers {
		all.Go(func() {
			for i := maker; i < n && errs[maker] == nil; i += makers {
				made[i], errs[maker] = a.tenant(ctx, fmt.Sprintf("%s %d", name, i))
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("make tenants: %w", err)
	}
	return made, nil
}

func (a *admin) tenant(ctx context.Context, name string) (t target, err error) {
	var tenant struct {
		ID string `json:"id"`
	}
	if err := a.post(ctx, "/api/v1/tenants", map[string]any{"name": name}, &tenant); err != nil {
		return t, err
	}
	var connection struct {
		BaseURL string `json:"base_url"`
		Token   struct {
			Secret string `json:"secret"`
		} `json:"token"`
	}
	err = a.post(ctx, "/api/v1/tenants/"+tenant.ID+"/connections", map[string]any{
		"name": "Load", "provider": "generic", "token": map[string]any{"name": "Load"},
	}, &connection)
	return target{urls: []string{connection.BaseURL}, token: connection.Token.Secret}, err
}

func (a *admin) post(ctx context.Context, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url+path, bytes.NewReader(text)) //nolint:gosec // the server that we started
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+a.key)
	request.Header.Set("Content-Type", "application/json")
	response, err := a.client.Do(request) //nolint:gosec // as above
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("POST %s: status %d: %s", path, response.StatusCode, answer)
	}
	return json.Unmarshal(answer, into)
}
