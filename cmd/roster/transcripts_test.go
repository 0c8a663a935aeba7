package main

import (
	"testing"

	"github.com/roster-scim/roster/scim/scimtest"
)

// testTranscripts plays what identity providers were seen to send against a
// whole server, each transcript on a directory of its own.
func testTranscripts(t *testing.T, s *server) {
	t.Parallel()
	scimtest.RunTranscripts(t, scimtest.Recorded(), func(t *testing.T, tr *scimtest.Transcript) scimtest.Target {
		t.Helper()
		c := s.connection(t, tr.Preset())
		return scimtest.Target{BaseURL: c.base, Token: c.token}
	})
}

// TestTranscriptsCoverEveryBehaviour: none of the catalogued client behaviours
// is without a transcript, and there are as many as each provider deserves.
func TestTranscriptsCoverEveryBehaviour(t *testing.T) {
	t.Parallel()
	all, err := scimtest.Load(scimtest.Recorded())
	if err != nil {
		t.Fatal(err)
	}
	if missing := scimtest.Uncovered(all); len(missing) > 0 {
		t.Errorf("no transcript shows %v", missing)
	}
	perProvider := map[string]int{}
	for _, tr := range all {
		perProvider[tr.Provider]++
	}
	for provider, least := range map[string]int{
		"entra": 60, "okta": 30, "generic": 10, "onelogin": 8, "jumpcloud": 8, "google": 8, "pingfederate": 8,
		"pingone": 5, "rippling": 5, "cyberark": 5, "salesforce": 4, "aws": 4, "authentik": 4,
	} {
		if perProvider[provider] < least {
			t.Errorf("%s has %d transcripts, want at least %d", provider, perProvider[provider], least)
		}
	}
}
