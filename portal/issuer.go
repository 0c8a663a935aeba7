package portal

import (
	"context"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/login"
)

// ListIssuers implements api.StrictServerInterface.
func (h *handlers) ListIssuers(ctx context.Context, r api.ListIssuersRequestObject) (api.ListIssuersResponseObject, error) {
	const kind = "issuers"
	before, err := openPlace(h, kind, r.Params.Cursor, tenants.ParseIssuerID)
	if err != nil {
		return nil, err
	}
	most := pageSize(r.Params.Limit)
	issuers, err := h.login.ListIssuers(ctx, before, most+1)
	if err != nil {
		return nil, err
	}
	list := api.IssuerList{Items: []api.Issuer{}}
	issuers, list.NextCursor, err = pageOf(h, kind, most, issuers, func(i *login.Issuer) any { return agePlace{i.ID.String()} })
	for _, i := range issuers {
		list.Items = append(list.Items, issuerAnswer(i))
	}
	return api.ListIssuers200JSONResponse(list), err
}

// CreateIssuer implements api.StrictServerInterface.
func (h *handlers) CreateIssuer(ctx context.Context, r api.CreateIssuerRequestObject) (api.CreateIssuerResponseObject, error) {
	i, err := h.login.CreateIssuer(ctx, login.NewIssuer{
		Name: r.Body.Name, Issuer: r.Body.Issuer, Audience: orZero(r.Body.Audience), JWKSURL: orZero(r.Body.JWKSURL), PEM: r.Body.PEM,
	})
	if err != nil {
		return nil, err
	}
	return api.CreateIssuer201JSONResponse(issuerAnswer(i)), nil
}

// GetIssuer implements api.StrictServerInterface.
func (h *handlers) GetIssuer(ctx context.Context, r api.GetIssuerRequestObject) (api.GetIssuerResponseObject, error) {
	id, err := tenants.ParseIssuerID(r.Issuer)
	if err != nil {
		return nil, errNotFound
	}
	i, err := h.login.Issuer(ctx, id)
	if err != nil {
		return nil, err
	}
	return api.GetIssuer200JSONResponse(issuerAnswer(i)), nil
}

// DeleteIssuer implements api.StrictServerInterface.
func (h *handlers) DeleteIssuer(ctx context.Context, r api.DeleteIssuerRequestObject) (api.DeleteIssuerResponseObject, error) {
	id, err := tenants.ParseIssuerID(r.Issuer)
	if err != nil {
		return nil, errNotFound
	}
	return api.DeleteIssuer204Response{}, h.login.DeleteIssuer(ctx, id)
}

func issuerAnswer(i *login.Issuer) api.Issuer {
	return api.Issuer{
		ID: i.ID.String(), Name: i.Name, Issuer: i.Issuer, Audience: i.Audience,
		JWKSURL: orNull(i.JWKSURL), PEM: append([]string{}, i.PEM...), CreatedAt: i.CreatedAt,
	}
}
