package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/roster-scim/roster/tenants"
)

// Branding implements tenants.BrandingStore.
func (s *Tenants) Branding(ctx context.Context, id tenants.TenantID) (installation, own tenants.Branding, err error) {
	err = s.db.view(ctx, "", func(tx *tx) error {
		b := &batch{}
		b.query(scanBranding(&installation), `select branding from installation`)
		if !id.IsZero() {
			b.query(scanBranding(&own), `select t.branding`+anyTenant+` and t.deleted_at is null and t.id = $1`, id)
		}
		return tx.last(ctx, b)
	})
	if err != nil {
		return tenants.Branding{}, tenants.Branding{}, fmt.Errorf("find branding: %w", err)
	}
	return installation, own, nil
}

func scanBranding(to *tenants.Branding) func(scanner) error {
	return func(row scanner) (err error) {
		var stored []byte
		if err := row.Scan(&stored); err != nil {
			return err
		}
		*to, err = readBranding(stored)
		return err
	}
}

// readBranding reads a column.
func readBranding(column []byte) (b tenants.Branding, err error) {
	if err = json.Unmarshal(column, &b); err != nil {
		return b, fmt.Errorf("read branding: %w", err)
	}
	return b, nil
}

// brandingFacts is a branding as journals tell of it. Of a logo they keep what
// tells it from others: it would make every row large.
func brandingFacts(b tenants.Branding) map[string]any {
	return map[string]any{"product_name": orNone(b.ProductName), "logo": logoFact(b.Logo), "accent": orNone(b.Accent)}
}

func logoFact(logo string) any {
	if logo == "" {
		return nil
	}
	media, _, _ := strings.Cut(strings.TrimPrefix(logo, "data:"), ";")
	sum := sha256.Sum256([]byte(logo))
	return media + " sha256:" + hex.EncodeToString(sum[:8])
}
