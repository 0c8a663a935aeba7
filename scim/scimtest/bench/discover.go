package bench

import (
	"context"
	"encoding/json"
	"fmt"
)

// features are what the server says it can do.
type features struct {
	bulk    bool
	bulkOps int // in one request
	bulkMax int // bytes of one request
	cursor  bool
}

// discover reads ServiceProviderConfig of the first target, and how many users
// each had before. It fails if any cannot be measured.
func (b *bench) discover(ctx context.Context) error {
	first := b.workers[0]
	first.begin(ctx, forCount("", 1))
	if a := first.at("/ServiceProviderConfig").ask(b.targets[0], "GET"); a.err == nil && a.status == 200 {
		b.features = readFeatures(a.body)
	} else if a.err != nil {
		return fmt.Errorf("%s cannot be reached: %w", b.report.URL, a.err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	b.perform(ctx, b.crew, forPieces("Looking at the directories", len(b.targets)), func(w *worker) {
		t := b.targets[w.piece]
		a := w.at("/Users?startIndex=1&count=1").ask(t, "GET")
		if err := refusal(a); err != nil {
			cancel(fmt.Errorf("%s: %w", b.config.Targets[t.number].URLs[0], err))
		}
		t.before = totalOf(a.body)
		w.stage.done.Add(1)
	})
	return context.Cause(ctx)
}

// refusal is why a target cannot be measured.
func refusal(a *answer) error {
	switch {
	case a.err != nil:
		return fmt.Errorf("cannot be reached: %w", a.err)
	case a.status == 401 || a.status == 403:
		return fmt.Errorf("the server refuses the token (status %d)", a.status)
	case a.status != 200 || totalOf(a.body) < 0:
		return fmt.Errorf("no SCIM server: GET %s answers %d and no list of users", a.path, a.status)
	}
	return nil
}

func readFeatures(body []byte) features {
	var config struct {
		Bulk struct {
			Supported      bool `json:"supported"`
			MaxOperations  int  `json:"maxOperations"`
			MaxPayloadSize int  `json:"maxPayloadSize"`
		} `json:"bulk"`
		Pagination struct {
			Cursor bool `json:"cursor"`
		} `json:"pagination"`
	}
	if json.Unmarshal(body, &config) != nil {
		return features{} // as if it offered nothing
	}
	bulk := config.Bulk
	return features{
		bulk: bulk.Supported && bulk.MaxOperations > 1, bulkOps: bulk.MaxOperations, bulkMax: bulk.MaxPayloadSize,
		cursor: config.Pagination.Cursor,
	}
}
