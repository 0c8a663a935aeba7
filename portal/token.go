package portal

import (
	"context"
	"errors"
	"time"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
)

// ListTokens implements api.StrictServerInterface.
func (h *handlers) ListTokens(ctx context.Context, r api.ListTokensRequestObject) (api.ListTokensResponseObject, error) {
	service, _, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	kind, place, limit := "tokens "+id.String(), idPlace{}, pageSize(r.Params.Limit)
	after, err := openID(h, kind, r.Params.Cursor, &place, tenants.ParseTokenID)
	if err != nil {
		return nil, err
	}
	list, err := service.ListTokens(ctx, id, after, limit+1)
	if err != nil {
		return nil, err
	}
	list, next, err := pageOf(h, kind, limit, list, func(t *tenants.Token) any { return idPlace{t.ID.String()} })
	return api.ListTokens200JSONResponse{Items: answers(list, tokenAnswer), NextCursor: next}, err
}

// CreateToken implements api.StrictServerInterface.
func (h *handlers) CreateToken(ctx context.Context, r api.CreateTokenRequestObject) (api.CreateTokenResponseObject, error) {
	service, _, id, err := h.connectionOf(r.Tenant, r.Connection)
	if err != nil {
		return nil, err
	}
	n, err := newToken(r.Body)
	if err != nil {
		return nil, err
	}
	n.ConnectionID = id
	t, secret, err := service.CreateToken(ctx, n)
	if err != nil {
		return nil, err
	}
	return api.CreateToken201JSONResponse(*withSecret(t, secret)), nil
}

// GetToken implements api.StrictServerInterface.
func (h *handlers) GetToken(ctx context.Context, r api.GetTokenRequestObject) (api.GetTokenResponseObject, error) {
	_, t, err := h.tokenOf(ctx, r.Tenant, r.Connection, r.Token)
	if err != nil {
		return nil, err
	}
	return api.GetToken200JSONResponse(tokenAnswer(t)), nil
}

// RevokeToken implements api.StrictServerInterface.
func (h *handlers) RevokeToken(ctx context.Context, r api.RevokeTokenRequestObject) (api.RevokeTokenResponseObject, error) {
	service, t, err := h.tokenOf(ctx, r.Tenant, r.Connection, r.Token)
	if err != nil {
		return nil, err
	}
	return api.RevokeToken204Response{}, service.RevokeToken(ctx, t.ID, orZero(r.Params.Confirm))
}

// StartRotation implements api.StrictServerInterface.
func (h *handlers) StartRotation(ctx context.Context, r api.StartRotationRequestObject) (api.StartRotationResponseObject, error) {
	service, old, err := h.tokenOf(ctx, r.Tenant, r.Connection, r.Token)
	if err != nil {
		return nil, err
	}
	rotation := tenants.Rotation{Name: orZero(r.Body.Name)}
	if r.Body.ExpiresIn != nil {
		lifetime, err := lifetimeOf(r.Body.ExpiresIn)
		if err != nil {
			return nil, err
		}
		rotation.Lifetime = &lifetime
	}
	t, secret, err := service.StartRotation(ctx, old.ID, rotation)
	if err != nil {
		return nil, err
	}
	return api.StartRotation201JSONResponse(*withSecret(t, secret)), nil
}

// FinishRotation implements api.StrictServerInterface.
func (h *handlers) FinishRotation(ctx context.Context, r api.FinishRotationRequestObject) (api.FinishRotationResponseObject, error) {
	service, old, err := h.tokenOf(ctx, r.Tenant, r.Connection, r.Token)
	if err != nil {
		return nil, err
	}
	t, err := service.FinishRotation(ctx, old.ID)
	if err != nil {
		return nil, err
	}
	return api.FinishRotation200JSONResponse(tokenAnswer(t)), nil
}

// CancelRotation implements api.StrictServerInterface.
func (h *handlers) CancelRotation(ctx context.Context, r api.CancelRotationRequestObject) (api.CancelRotationResponseObject, error) {
	service, old, err := h.tokenOf(ctx, r.Tenant, r.Connection, r.Token)
	if err != nil {
		return nil, err
	}
	t, err := service.CancelRotation(ctx, old.ID)
	if err != nil {
		return nil, err
	}
	return api.CancelRotation200JSONResponse(tokenAnswer(t)), nil
}

// tokenOf finds the token of a path, and returns the service that knows the
// tenant's alone.
func (h *handlers) tokenOf(ctx context.Context, tenantPath, connectionPath, path string) (*tenants.Service, *tenants.Token, error) {
	service, _, connection, err := h.connectionOf(tenantPath, connectionPath)
	if err != nil {
		return nil, nil, err
	}
	id, err := tenants.ParseTokenID(path)
	if err != nil {
		return nil, nil, errNotFound
	}
	t, err := service.TokenOf(ctx, connection, id)
	return service, t, err
}

func newToken(body *api.NewToken) (n tenants.NewToken, err error) {
	n.Name = body.Name
	if body.Scopes != nil {
		if n.Scopes, err = scopesOf(body.Scopes); err != nil {
			return n, err
		}
	}
	n.Lifetime, err = lifetimeOf(body.ExpiresIn)
	return n, err
}

// lifetimeOf reads how long a token works; without a word, for ever.
func lifetimeOf(text *string) (time.Duration, error) {
	if text == nil {
		return tenants.Forever, nil
	}
	lifetime, err := tenants.ParseLifetime(*text)
	if invalid, ok := errors.AsType[*tenants.InvalidError](err); ok {
		return 0, &tenants.InvalidError{Field: "expires_in", Reason: invalid.Reason}
	}
	return lifetime, err
}

func tokenAnswer(t *tenants.Token) api.Token {
	return api.Token{
		ID: t.ID.String(), Name: t.Name, Prefix: t.Prefix, LastFour: t.LastFour,
		State: api.TokenState(t.State(time.Now())), Scopes: scopesAnswer(t.Scopes),
		CreatedAt: t.CreatedAt, CreatedBy: orNull(t.CreatedBy), ExpiresAt: timeOrNull(t.ExpiresAt),
		RevokedAt: timeOrNull(t.RevokedAt), LastUsedAt: timeOrNull(t.LastUsedAt),
		Replaces: orNull(t.Replaces.String()), ReplacedBy: orNull(t.ReplacedBy.String()),
	}
}

// withSecret is the one answer that has a token's secret in it.
func withSecret(t *tenants.Token, secret tenants.Secret) *api.Token {
	answer, text := tokenAnswer(t), secret.Reveal()
	answer.Secret = &text
	return &answer
}
