package filter_test

import (
	"strings"
	"testing"

	"github.com/roster-scim/roster/scim/filter"
)

func BenchmarkParseAndBind(b *testing.B) {
	long := strings.Repeat(`(userName eq "anna" or emails[type eq "work" and value co "@example.com"]) and `, 50) + "active eq true"
	for name, text := range map[string]string{"short": `userName eq "x"`, "long": long} {
		b.Run(name, func(b *testing.B) {
			rt := userType()
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				f, err := filter.Parse(text)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := f.Bind(rt, filter.BindOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	e := bind(b, userType(), `userName sw "zoé" and emails[type eq "home" and value co "@home"]`, filter.BindOptions{})
	doc := matchUser()
	b.ReportAllocs()
	for b.Loop() {
		if !filter.Match(e, doc) {
			b.Fatal("does not match")
		}
	}
}
