package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/scim/schema"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/people"
)

// Columns of a resource r and of the connection c that brought it, behind
// fromConnection: no row of c is there for people whom nobody provisions.
const (
	userColumns    = `r.id, r.position, r.created_at, r.modified_at, r.document, ` + originColumns
	originColumns  = `r.connection_id, coalesce(c.name, ''), coalesce(c.provider, ''), c.deleted_at is not null, ` + takenAway
	takenAway      = `coalesce(c.deleted_at is not null and c.delete_people in ('deactivate', 'remove'), false)`
	fromConnection = ` left join connections c on c.tenant_id = $1 and c.id = r.connection_id`
)

// userRow is what userColumns has.
type userRow struct {
	user              people.User
	created, modified int64
	document          []byte
	origin            originRow
}

func (u *userRow) scan(row scanner) error {
	dest := append([]any{&u.user.ID, &u.user.Position, &u.created, &u.modified, &u.document}, u.origin.dest()...)
	return row.Scan(dest...)
}

// originRow is what originColumns has.
type originRow struct {
	id             sql.NullString
	name, provider string
	deleting       bool
	takesPeople    bool
}

func (o *originRow) dest() []any {
	return []any{&o.id, &o.name, &o.provider, &o.deleting, &o.takesPeople}
}

// connection is nil of what nobody provisions.
func (o *originRow) connection() (*people.Connection, error) {
	if o.id.String == manualDirectory {
		return nil, nil //nolint:nilnil // as the doc says
	}
	c := &people.Connection{Name: o.name, Provider: quirk.Provider(o.provider).Name(), Deleting: o.deleting}
	if err := c.ID.Scan(o.id.String); err != nil {
		return nil, fmt.Errorf("read the id of a connection: %w", err)
	}
	return c, nil
}

// userDocument is what a people.User has of the document.
type userDocument struct {
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	ExternalID  string `json:"externalId"`
	Active      *bool  `json:"active"`
	Name        struct {
		Given  string `json:"givenName"`
		Family string `json:"familyName"`
	} `json:"name"`
	Emails []struct {
		Value   string `json:"value"`
		Type    string `json:"type"`
		Primary bool   `json:"primary"`
	} `json:"emails"`
}

func (u *userRow) read() (*people.User, error) {
	var d userDocument
	if err := json.Unmarshal(u.document, &d); err != nil {
		return nil, fmt.Errorf("decode stored user %s: %w", u.user.ID, err)
	}
	user := &u.user
	user.UserName, user.DisplayName, user.ExternalID = d.UserName, d.DisplayName, d.ExternalID
	user.GivenName, user.FamilyName = d.Name.Given, d.Name.Family
	user.Active = (d.Active == nil || *d.Active) && !u.origin.takesPeople
	user.Emails = make([]people.Email, len(d.Emails))
	for i, e := range d.Emails {
		user.Emails[i] = people.Email(e)
	}
	user.CreatedAt, user.UpdatedAt = time.UnixMicro(u.created).UTC(), time.UnixMicro(u.modified).UTC()
	var err error
	user.Connection, err = u.origin.connection()
	return user, err
}

// User implements people.Store.
func (s *People) User(ctx context.Context, tenant tenants.TenantID, id string) (*people.User, error) {
	if !isID(id) {
		return nil, tenants.ErrNotFound
	}
	var row userRow
	var revision int64
	err := s.read(ctx, "find user", tenant, func(_ *tx, b *batch) {
		row = userRow{}
		b.query(row.scan, `
			select `+userColumns+` from resources r`+fromConnection+`
			where r.tenant_id = $1 and r.id = $2 and r.resource_type = 'User'`, tenant, id)
		b.query(func(row scanner) error { return row.Scan(&revision) },
			`select t.schema_revision from tenants t where t.id = $1`, tenant)
	})
	if err == nil && row.user.ID == "" {
		err = tenants.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	user, err := row.read()
	if err != nil {
		return nil, err
	}
	user.Attributes, err = s.attributes(ctx, tenant, revision, &row)
	return user, err
}

// attributes is the user's document without what is never shown.
func (s *People) attributes(ctx context.Context, tenant tenants.TenantID, revision int64, row *userRow) (json.RawMessage, error) {
	types, err := s.types.Registry(ctx, tenant, revision)
	if err != nil {
		return nil, fmt.Errorf("read the tenant's schemas: %w", err)
	}
	t := types.ByName("User")
	doc, err := decodeDocument(row.document)
	if err != nil {
		return nil, err
	}
	shown, err := schema.Encode(t, visible(t, doc))
	if err != nil {
		return nil, fmt.Errorf("encode user %s: %w", row.user.ID, err)
	}
	return shown, nil
}
