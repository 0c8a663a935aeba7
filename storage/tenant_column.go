package storage

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/roster-scim/roster/tenants"
)

// entitlementsColumn is tenants.Entitlements as a column has them.
type entitlementsColumn struct {
	SCIM        bool `json:"scim"`
	Groups      bool `json:"groups"`
	Connections int  `json:"connections"`
	Seats       int  `json:"seats"`
}

// readEntitlements reads a column; what it leaves out is not limited.
func readEntitlements(column []byte) (tenants.Entitlements, error) {
	e := entitlementsColumn(tenants.DefaultEntitlements())
	if err := json.Unmarshal(column, &e); err != nil {
		return tenants.Entitlements{}, fmt.Errorf("read entitlements: %w", err)
	}
	return tenants.Entitlements(e), nil
}

// tenantSettings is the column of a tenant's settings.
type tenantSettings struct {
	Adoption   adoptionColumn   `json:"adoption"`
	RequestLog requestLogColumn `json:"request_log"`
}

// requestLogColumn is tenants.RequestLog as a column has it.
type requestLogColumn struct {
	Bodies        tenants.RequestBodies `json:"bodies"`
	RetentionDays int                   `json:"retention_days"`
}

func settingsOf(t *tenants.Tenant) tenantSettings {
	return tenantSettings{adoptionColumn(t.Adoption), requestLogColumn(t.RequestLog)}
}

type adoptionColumn struct {
	Rule            tenants.AdoptionRule `json:"rule"`
	VerifiedDomains []string             `json:"verified_domains,omitempty"`
}

// readSettings reads a column of settings; what it leaves out is the default.
func readSettings(column []byte) (tenants.Adoption, tenants.RequestLog, error) {
	s := tenantSettings{adoptionColumn(tenants.DefaultAdoption()), requestLogColumn(tenants.DefaultRequestLog())}
	if err := json.Unmarshal(column, &s); err != nil {
		return tenants.Adoption{}, tenants.RequestLog{}, fmt.Errorf("read a tenant's settings: %w", err)
	}
	log, standard := tenants.RequestLog(s.RequestLog), tenants.DefaultRequestLog()
	log.Bodies = cmp.Or(log.Bodies, standard.Bodies)
	log.RetentionDays = cmp.Or(log.RetentionDays, standard.RetentionDays)
	return tenants.Adoption(s.Adoption), log, nil
}

// readDomains reads a column with a list of domains; none is nil.
func readDomains(column []byte) (domains []string, err error) {
	if err = json.Unmarshal(column, &domains); err != nil {
		return nil, fmt.Errorf("read domains: %w", err)
	}
	if len(domains) == 0 {
		return nil, nil
	}
	return domains, nil
}
