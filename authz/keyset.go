package authz

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keySetLifetime = 10 * time.Minute // how long fetched keys count
	keySetPause    = 30 * time.Second // between two fetches because of an unknown key id
	keySetRetry    = 5 * time.Second  // after a failure, while no keys are known
	fetchTimeout   = 5 * time.Second
	maxKeySet      = 256 << 10 // bytes
	maxKeys        = 64
)

// remoteKeys are the keys of an issuer behind a URL (RFC 7517 section 5).
type remoteKeys struct {
	url    string
	client *http.Client
	now    func() time.Time
	turn   chan struct{} // whoever holds it reads and writes what is below

	keys      []publicKey
	fetchedAt time.Time // when keys were fetched
	triedAt   time.Time // when a fetch was last begun
}

func newRemoteKeys(address string, o FetchOptions) (*remoteKeys, error) {
	if err := o.checkURL(address); err != nil {
		return nil, err
	}
	return &remoteKeys{url: address, client: o.client(), now: time.Now, turn: make(chan struct{}, 1)}, nil
}

// named fetches the keys if those that are known have become too old, or do not
// have the one that is asked for.
func (r *remoteKeys) named(ctx context.Context, keyID string) ([]publicKey, error) {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrIssuerKeys, ctx.Err())
	}
	now := r.now()
	fresh := !r.fetchedAt.IsZero() && now.Sub(r.fetchedAt) < keySetLifetime
	if fresh {
		if found := r.known(keyID); len(found) > 0 || now.Sub(r.triedAt) < keySetPause {
			return found, nil
		}
	} else if !r.triedAt.IsZero() && now.Sub(r.triedAt) < keySetRetry {
		return nil, fmt.Errorf("%w: the last attempt has just failed", ErrIssuerKeys)
	}
	r.triedAt = now
	keys, err := r.fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIssuerKeys, err)
	}
	r.keys, r.fetchedAt = keys, now
	return r.known(keyID), nil
}

func (r *remoteKeys) known(keyID string) []publicKey {
	if keyID == "" {
		return r.keys
	}
	return withID(r.keys, keyID)
}

// fetch gets the keys. It goes on when whoever asked goes away: the others that
// wait, or come within the pause, need the answer as well.
func (r *remoteKeys) fetch(ctx context.Context) ([]publicKey, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch the key set: %w", err)
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetch the key set: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch the key set: it answers %s", answer.Status)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxKeySet+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("fetch the key set: %w", err)
	case len(data) > maxKeySet:
		return nil, fmt.Errorf("fetch the key set: it has more than %d bytes", maxKeySet)
	}
	return readKeySet(data)
}

// readKeySet reads the keys that can verify tokens and passes over the others, as
// RFC 7517 section 5 wants it.
func readKeySet(data []byte) ([]publicKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, errors.New("read the key set: it is not one in JSON")
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("read the key set: it has more than %d keys", maxKeys)
	}
	var keys []publicKey
	for _, text := range set.Keys {
		var k jose.JSONWebKey
		if k.UnmarshalJSON(text) != nil || (k.Use != "" && k.Use != "sig") || checkKey(k.Key) != nil {
			continue // private and symmetric keys are among these
		}
		keys = append(keys, publicKey{id: k.KeyID, algorithm: k.Algorithm, key: k.Key})
	}
	if len(keys) == 0 {
		return nil, errors.New("read the key set: no key in it can verify a token")
	}
	return keys, nil
}
