package tenants

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSecretForm(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^rstrtok[0-9A-Za-z]{49}$`)
	seen := map[string]bool{}
	for range 1000 {
		s := newSecret()
		text := s.Reveal()
		if !form.MatchString(text) {
			t.Fatalf("secret %q", text)
		}
		if back, ok := parseSecret(text); !ok || back != s {
			t.Fatalf("%q is not read back", text)
		}
		if s.Hash() != sha256.Sum256([]byte(text)) {
			t.Fatal("the hash is not the SHA-256 of the text")
		}
		if s.Prefix() != text[:11] || s.LastFour() != text[len(text)-4:] {
			t.Fatalf("prefix %q, end %q of %q", s.Prefix(), s.LastFour(), text)
		}
		seen[text] = true
	}
	if len(seen) != 1000 {
		t.Errorf("%d different secrets of 1000", len(seen))
	}
}

func TestSecretsOfOneKindAreNotReadAsAnother(t *testing.T) {
	t.Parallel()
	kinds := []SecretKind{TokenSecret, KeySecret, LinkSecret}
	for _, kind := range kinds {
		text := NewSecret(kind).Reveal()
		for _, other := range kinds {
			if _, ok := ParseSecret(other, text); ok != (kind == other) {
				t.Errorf("a %s is read as a %s: %v", kind, other, ok)
			}
			if len(other) != kindLength {
				t.Errorf("%s is longer or shorter than the others", other)
			}
		}
	}
}

func TestSecretCarriesAllBits(t *testing.T) {
	t.Parallel()
	most := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), secretBits), big.NewInt(1))
	text := base62(new(big.Int).Set(most), secretDigits)
	back := new(big.Int)
	for _, digit := range []byte(text) {
		back.Mul(back, big.NewInt(62)).Add(back, big.NewInt(int64(strings.IndexByte(base62Alphabet, digit))))
	}
	if back.Cmp(most) != 0 {
		t.Errorf("the largest secret is cut to %v", back)
	}
}

func TestAnyOneChangedCharacterIsNoticed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(newSecret().Reveal())
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		digit := base62Alphabet[rapid.IntRange(0, 61).Draw(t, "digit")]
		same := text[at] == digit
		text[at] = digit
		if _, ok := parseSecret(string(text)); ok != same {
			t.Fatalf("character %d replaced: accepted %v", at, ok)
		}
	})
}

func TestMalformedSecrets(t *testing.T) {
	t.Parallel()
	valid := newSecret().Reveal()
	inner := "rstrtok" + strings.Repeat("a", 20) + "." + strings.Repeat("a", 22)
	for name, text := range map[string]string{
		"empty":            "",
		"short":            valid[:55],
		"long":             valid + "0",
		"another prefix":   "xstrtok" + valid[7:],
		"punctuation":      inner + checksum(inner),
		"prefix and zeros": "rstrtok" + strings.Repeat("0", 49),
		"with the scheme":  "Bearer " + valid,
		"huge":             strings.Repeat("rstrtok", 100_000),
	} {
		if _, ok := parseSecret(text); ok {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSecretDoesNotPrintItself(t *testing.T) {
	t.Parallel()
	s := newSecret()
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, s); strings.Contains(text, s.Reveal()[11:]) {
			t.Errorf("%s prints %s", format, text)
		}
	}
}

func BenchmarkParseSecret(b *testing.B) {
	text := newSecret().Reveal()
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := parseSecret(text); !ok {
			b.Fatal("refused")
		}
	}
}
