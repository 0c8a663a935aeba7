package quirk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/quirk"
)

func TestEveryProviderParsesAndHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range quirk.Providers() {
		for _, written := range []string{string(p), strings.ToUpper(string(p)), " " + p.String() + " "} {
			if got, err := quirk.ParseProvider(written); err != nil || got != p {
				t.Errorf("ParseProvider(%q) = %q, %v; want %q", written, got, err, p)
			}
		}
		if p.Name() == "" || (p.Name() == string(p) && p != quirk.Authentik) || seen[p.Name()] {
			t.Errorf("%s: display name %q is missing or taken", p, p.Name())
		}
		seen[p.Name()] = true
	}
	if len(seen) != 13 {
		t.Errorf("%d providers, want 13", len(seen))
	}
	if got := quirk.Entra.Name(); got != "Microsoft Entra ID" {
		t.Errorf("Entra is called %q", got)
	}
	if got := quirk.Provider("homegrown").Name(); got != "homegrown" {
		t.Errorf("an unknown provider is called %q, want its id", got)
	}
}

func TestParseProviderErrorListsTheValidOnes(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"", "azure", "okta entra"} {
		_, err := quirk.ParseProvider(written)
		if err == nil {
			t.Errorf("ParseProvider(%q) succeeded", written)
			continue
		}
		for _, p := range quirk.Providers() {
			if !strings.Contains(err.Error(), string(p)) {
				t.Errorf("ParseProvider(%q): %q does not name %s", written, err, p)
			}
		}
	}
}

func TestPresets(t *testing.T) {
	t.Parallel()
	for _, p := range append(quirk.Providers(), "homegrown") {
		want := quirk.Settings{PatchUserReturnsBody: true, UniqueGroupNames: p == quirk.Entra, AllowEmptyPatch: p == quirk.Entra}
		if diff := cmp.Diff(want, quirk.For(p)); diff != "" {
			t.Errorf("For(%s) (-want +got):\n%s", p, diff)
		}
	}
}

func TestSettingsRoundTrip(t *testing.T) {
	t.Parallel()
	for _, p := range quirk.Providers() {
		text, err := json.Marshal(quirk.For(p))
		if err != nil {
			t.Fatal(err)
		}
		got, err := quirk.Settings{StrictTypes: true}.Overlay(text)
		if err != nil || got != quirk.For(p) {
			t.Errorf("%s: %s came back as %+v, %v", p, text, got, err)
		}
	}
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	preset := quirk.For(quirk.Entra)
	strict := preset
	strict.StrictTypes = true
	anyName := preset
	anyName.UniqueGroupNames = false
	tests := []struct {
		name, stored string
		want         quirk.Settings
		wantErr      bool
	}{
		{name: "nothing stored", stored: "", want: preset},
		{name: "blank", stored: " \n", want: preset},
		{name: "null", stored: "null", want: preset},
		{name: "empty object", stored: "{}", want: preset},
		{name: "one switched on", stored: `{"strict_types":true}`, want: strict},
		{name: "one switched off", stored: `{"unique_group_names":false}`, want: anyName},
		{name: "misspelled", stored: `{"strict_type":true}`, want: preset, wantErr: true},
		{name: "not a boolean", stored: `{"unique_group_names":false,"strict_types":"yes"}`, want: preset, wantErr: true},
		{name: "broken", stored: `{"strict_types":`, want: preset, wantErr: true},
		{name: "two values", stored: `{"strict_types":true} {}`, want: preset, wantErr: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := preset.Overlay([]byte(tt.stored))
			if (err != nil) != tt.wantErr {
				t.Fatalf("error %v, want error %v", err, tt.wantErr)
			}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
