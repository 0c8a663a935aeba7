package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/tenants"
)

// TestDemoPastIsBelievable: it ends before the present hour, agrees with the
// present, and is the same every time.
func TestDemoPastIsBelievable(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 20, 0, 0, time.UTC)
	this, count := now.Truncate(time.Hour), tenants.DirectoryCount{People: 40, Active: 38, Groups: 8}
	for seed := range uint64(20) {
		p := newDemoPast(seed, now, seed%2 == 0)
		requests, sizes, delivered := p.requests(), p.sizes(count), p.deliveries()
		if len(requests) != demoDays*24 || len(sizes) < 5 || len(delivered) < demoDays*20 {
			t.Fatalf("%d hours of requests, %d sizes, %d hours of deliveries", len(requests), len(sizes), len(delivered))
		}
		for _, h := range requests {
			if h.Requests < 1 || h.Changes+h.Refused+h.Failed > h.Requests || h.Duration <= 0 || !h.Start.Before(this) {
				t.Errorf("requests %+v", h)
			}
		}
		for i, s := range sizes {
			if s.Active > s.People || s.Active < 0 || s.People > 40 || s.Groups > 8 || !s.At.Before(this) || i > 0 && !s.At.After(sizes[i-1].At) {
				t.Errorf("size %+v", s)
			}
		}
		failed := int64(0)
		for _, h := range delivered {
			failed += h.Failed
			if h.Measured > h.Delivered || h.Measured > 0 && h.LagMax < h.Lag/time.Duration(h.Measured) || !h.Start.Before(this) {
				t.Errorf("deliveries %+v", h)
			}
		}
		if failed == 0 {
			t.Error("nothing ever failed")
		}
		again := newDemoPast(seed, now, seed%2 == 0)
		if diff := cmp.Diff(requests, again.requests()) + cmp.Diff(sizes, again.sizes(count)) + cmp.Diff(delivered, again.deliveries()); diff != "" {
			t.Errorf("the past changes: %s", diff)
		}
	}
}
